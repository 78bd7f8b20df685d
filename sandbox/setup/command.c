/*
 * command.c - drydock setup: the only file of this module that decides what to print
 */
#include "sandbox/setup/progress.h"
#include "sandbox/setup/setup.h"
#include "sandbox/setup/stock.h"
#include "sandbox/setup/usage.h"
#include <unistd.h>

static const char usage_text[] =
    "usage: drydock setup [--images | --usage | --remove [--force]]\n"
    "\n"
    "Makes the images of the course, and what pip and apt find without a network, from\n"
    "Debian packages, which come from the mirror that this machine's apt uses\n"
    "(DRYDOCK_MIRROR: another one).  Running it again continues what was interrupted\n"
    "and does nothing when all is there.\n"
    "\n"
    "  --images  leave out the packages for apt, which are two thirds of the download\n"
    "  --usage   print what takes how much space\n"
    "  --remove  delete everything below DRYDOCK_HOME, never a workspace;\n"
    "            on a terminal it asks before, unless --force is given\n";

static int
report(const struct err *err)
{
	progress_say("drydock setup: %s", err->text);
	if (err->hint[0] != '\0')
		progress_say("%s", err->hint);
	return 1;
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
	return 0;
}

static int
do_setup(struct store *s, struct err *err)
{
	return set_up(s, true, err);
}

static int
do_images(struct store *s, struct err *err)
{
	return set_up(s, false, err);
}

static int
do_remove_now(struct store *s, struct err *err)
{
	cleanup_free char *home = xstrdup(store_home(s));

	if (store_remove_home(s, err) < 0)
		return -1;
	printf("Removed %s.\n", home);
	return 0;
}

static int
do_remove(struct store *s, struct err *err)
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
	return do_remove_now(s, err);
}

static const struct {
	const char *flags[2]; /* NULL: none given */
	int (*fn)(struct store *s, struct err *err);
} actions[] = {
    {{NULL, NULL}, do_setup},
    {{"--images", NULL}, do_images},
    {{"--usage", NULL}, usage_print},
    {{"--remove", NULL}, do_remove},
    {{"--remove", "--force"}, do_remove_now},
};

static bool
fits(const char *const *flags, int argc, char **argv)
{
	for (int i = 0; i < 2; i++)
		if (flags[i] == NULL ? argc > i + 1
				     : argc <= i + 1 || !str_eq(argv[i + 1], flags[i]))
			return false;
	return argc <= 3;
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
		if (!fits(actions[i].flags, argc, argv))
			continue;
		if (store_open(NULL, &s, &err) < 0 || actions[i].fn(s, &err) < 0)
			return report(&err);
		return 0;
	}
	fputs(usage_text, stderr);
	return 2;
}
