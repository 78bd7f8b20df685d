/*
 * command.c - drydock setup: the only file of this module that decides what to print
 */
#include "sandbox/setup/added.h"
#include "sandbox/setup/listing.h"
#include "sandbox/setup/online.h"
#include "sandbox/setup/progress.h"
#include "sandbox/setup/setup.h"
#include "sandbox/setup/stock.h"
#include "sandbox/setup/usage.h"
#include <unistd.h>

static const char usage_text[] =
    "usage: drydock setup [--images | --stock | --usage | --remove [--force]]\n"
    "       drydock setup --add-wheels REQUIREMENTS | --add-debs LIST | --online on|off\n"
    "       drydock setup --hub local|docker\n"
    "\n"
    "Makes the images of the course, and what pip and apt find without a network, from\n"
    "Debian packages, which come from the mirror that this machine's apt uses\n"
    "(DRYDOCK_MIRROR: another one).  Running it again continues what was interrupted\n"
    "and does nothing when all is there.\n"
    "\n"
    "  --images  leave out the packages for apt, which are two thirds of the download\n"
    "  --add-wheels REQUIREMENTS   get what that file of pip asks for from the package\n"
    "            index that this machine's pip uses; pip then has it without a network\n"
    "  --add-debs LIST             the same for apt, from the mirror that this "
    "machine's\n"
    "            apt uses: names with commas between them, or a file of names\n"
    "  --online on|off             on: pip and apt of a build ask this machine's index\n"
    "            and mirror instead, and its RUNs reach the network (off at first)\n"
    "  --hub local|docker          which hub a name without a registry means: the one "
    "in\n"
    "            the box (at first), or Docker Hub\n"
    "  --stock   print what pip and apt find without a network\n"
    "  --usage   print what takes how much space\n"
    "  --remove  delete everything below DRYDOCK_HOME, never a workspace;\n"
    "            on a terminal it asks before, unless --force is given\n";

static const char ANY[] = "";

static int
report(const struct err *err)
{
	progress_say("drydock setup: %s", err->text);
	if (err->hint[0] != '\0')
		progress_say("%s", err->hint);
	return 1;
}

static int
print_size(struct store *s, struct err *err)
{
	int64_t bytes;
	char text[24];

	if (usage_stock(s, &bytes, err) < 0)
		return -1;
	printf(
	    "Images and packages take %s (drydock setup --usage: what takes how much).\n",
	    progress_size(bytes, text));
	return 0;
}

static int
set_up(struct store *s, bool pools, struct err *err)
{
	if (stock_is_made(s, pools)) {
		printf("Everything is set up in %s.\n", store_home(s));
		return 0;
	}
	if (stock_make(s, pools, err) < 0)
		return -1;
	printf("Set up in %s.\n", store_home(s));
	return print_size(s, err);
}

static int
do_setup(struct store *s, const char *arg, struct err *err)
{
	(void)arg;
	return set_up(s, true, err);
}

static int
do_images(struct store *s, const char *arg, struct err *err)
{
	(void)arg;
	return set_up(s, false, err);
}

static int
do_usage(struct store *s, const char *arg, struct err *err)
{
	(void)arg;
	return usage_print(s, err);
}

static int
do_stock(struct store *s, const char *arg, struct err *err)
{
	(void)arg;
	return listing_print(store_home_dir(s), err);
}

/* What is added lies beside the stock, and is got with its images. */
static int
do_add_wheels(struct store *s, const char *arg, struct err *err)
{
	if (!stock_is_made(s, false) && stock_make(s, false, err) < 0)
		return -1;
	return added_wheels(s, arg, err) < 0 ? -1 : print_size(s, err);
}

static int
do_add_debs(struct store *s, const char *arg, struct err *err)
{
	if (!stock_is_made(s, true) && stock_make(s, true, err) < 0)
		return -1;
	return added_debs(s, arg, err) < 0 ? -1 : print_size(s, err);
}

static int
do_online(struct store *s, const char *arg, struct err *err)
{
	if (str_eq(arg, "on") && online_write(store_home_dir(s), err) < 0)
		return -1;
	if (str_eq(arg, "off") && online_remove(store_home_dir(s), err) < 0)
		return -1;
	printf("pip and apt of a build ask %s.\n",
	    str_eq(arg, "on") ? "this machine's package index and mirror"
			      : "what is set up here, without a network");
	return 0;
}

static int
do_hub(struct store *s, const char *arg, struct err *err)
{
	if (store_set_hub(s, arg, err) < 0)
		return -1;
	printf("docker login, push and pull without a registry's name mean %s.\n",
	    str_eq(arg, "local") ? "the hub on this machine" : "Docker Hub");
	return 0;
}

static int
do_remove_now(struct store *s, const char *arg, struct err *err)
{
	(void)arg;
	cleanup_free char *home = xstrdup(store_home(s));

	if (store_remove_home(s, err) < 0)
		return -1;
	printf("Removed %s.\n", home);
	return 0;
}

static int
do_remove(struct store *s, const char *arg, struct err *err)
{
	char answer[8] = "";

	if (isatty(STDIN_FILENO) == 1) {
		fprintf(stderr,
		    "This deletes %s with all its images, containers and progress.\n"
		    "Your workspaces stay. Go on? [y/N] ",
		    store_home(s));
		if (fgets(answer, sizeof answer, stdin) == NULL ||
		    (answer[0] != 'y' && answer[0] != 'Y'))
			return err_set(err, ERR_INTERRUPTED, "nothing was removed");
	}
	return do_remove_now(s, arg, err);
}

static const struct {
	const char *flag, *second; /* NULL: none given; ANY: an argument */
	int (*fn)(struct store *s, const char *arg, struct err *err);
} actions[] = {
    {NULL, NULL, do_setup},
    {"--images", NULL, do_images},
    {"--stock", NULL, do_stock},
    {"--usage", NULL, do_usage},
    {"--add-wheels", ANY, do_add_wheels},
    {"--add-debs", ANY, do_add_debs},
    {"--online", "on", do_online},
    {"--online", "off", do_online},
    {"--hub", "local", do_hub},
    {"--hub", "docker", do_hub},
    {"--remove", NULL, do_remove},
    {"--remove", "--force", do_remove_now},
};

static bool
fits(const char *want, const char *given)
{
	if (want == NULL || want == ANY)
		return (want == ANY) == (given != NULL);
	return given != NULL && str_eq(want, given);
}

int
setup_main(int argc, char **argv)
{
	cleanup_store struct store *s = NULL;
	struct err err = ERR_INIT;

	if (argc == 2 && (str_eq(argv[1], "--help") || str_eq(argv[1], "-h"))) {
		fputs(usage_text, stdout);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
		if (argc > 3 || !fits(actions[i].flag, argc > 1 ? argv[1] : NULL) ||
		    !fits(actions[i].second, argc > 2 ? argv[2] : NULL))
			continue;
		if (store_open(NULL, &s, &err) < 0 ||
		    actions[i].fn(s, argc > 2 ? argv[2] : NULL, &err) < 0)
			return report(&err);
		return 0;
	}
	fputs(usage_text, stderr);
	return 2;
}
