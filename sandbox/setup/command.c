/*
 * command.c - drydock setup: the only file of this module that decides what to print
 */
#include "sandbox/setup/download.h"
#include "sandbox/setup/images.h"
#include "sandbox/setup/progress.h"
#include "sandbox/setup/setup.h"
#include "sandbox/setup/usage.h"
#include "sandbox/setup/wheel.h"
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static const char usage_text[] =
    "usage: drydock setup [--usage | --remove [--force]]\n"
    "\n"
    "Makes the images and Python packages of the course from Debian packages, which\n"
    "come from the mirror that this machine's apt uses (DRYDOCK_MIRROR: another one).\n"
    "Running it again continues what was interrupted and does nothing when all is "
    "there.\n"
    "\n"
    "  --usage   print what takes how much space\n"
    "  --remove  delete everything below DRYDOCK_HOME, never a workspace;\n"
    "            on a terminal it asks before, unless --force is given\n";

/* What unpacked packages take, measured: three times what is fetched, and some room. */
enum { UNPACKED_FACTOR = 3, ROOM = 200 << 20 };

static int
report(const struct err *err)
{
	progress_say("drydock setup: %s", err->text);
	if (err->hint[0] != '\0')
		progress_say("%s", err->hint);
	return 1;
}

static bool
all_is_made(struct store *s)
{
	for (size_t i = 0; i < images_count; i++)
		if (!images_is_made(s, images_all[i].recipe))
			return false;
	return wheels_are_made(store_home_dir(s));
}

/* One setup at a time: gives a descriptor that holds the lock. */
static int
lock_setup(int debs, struct err *err)
{
	cleanup_fd int fd = openat(debs, ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0644);

	if (fd < 0)
		return err_sys(err, "opening the lock of setup");
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		progress_say("another drydock setup is running: waiting for it");
		if (flock(fd, LOCK_EX) < 0)
			return err_sys(err, "waiting for another setup");
	}
	return take_fd(&fd);
}

static int
check_space(const struct store *s, int64_t missing, struct err *err)
{
	struct statvfs v;
	int64_t wanted = missing * (1 + UNPACKED_FACTOR) + ROOM;
	char need[24], have[24];

	if (fstatvfs(store_home_dir(s), &v) < 0 ||
	    (int64_t)v.f_bavail * (int64_t)v.f_frsize >= wanted)
		return 0;
	err_set(err, ERR_LIMIT, "%s has %s free, setup needs about %s", store_home(s),
	    progress_size((int64_t)v.f_bavail * (int64_t)v.f_frsize, have),
	    progress_size(wanted, need));
	return err_hint(err, "make room, or set DRYDOCK_HOME to a folder that has it");
}

/* What is still to be made decides what is still to be fetched. */
static int
needed_packages(struct store *s, struct lock *lock, struct err *err)
{
	for (size_t i = 0; i < images_count; i++)
		if (!images_is_made(s, images_all[i].recipe) &&
		    recipe_locks(images_all[i].recipe, lock, err) < 0)
			return -1;
	if (wheels_are_made(store_home_dir(s)))
		return 0;
	return recipe_load_lock("wheels", lock, err);
}

static int
fetch_packages(struct store *s, int debs, struct err *err)
{
	cleanup_lock struct lock lock = LOCK_INIT;
	cleanup_mirrors struct mirrors mirrors = MIRRORS_INIT;
	cleanup_free char *folder = xasprintf("%s/debs", store_home(s));
	int64_t bytes;
	size_t n;
	char size[24];

	if (needed_packages(s, &lock, err) < 0)
		return -1;
	n = download_missing(debs, &lock, &bytes);
	if (n == 0)
		return 0;
	if (check_space(s, bytes, err) < 0 || mirrors_find(&mirrors, err) < 0)
		return -1;
	progress_say("fetching %zu package%s, %s, from %s", n, n == 1 ? "" : "s",
	    progress_size(bytes, size),
	    mirrors.main.len > 0 ? mirrors.main.v[0] : mirrors.security.v[0]);
	return download(debs, &lock, &mirrors, folder, err);
}

static int
make_images(struct store *s, int debs, struct err *err)
{
	cleanup_kitchen struct kitchen k = KITCHEN_INIT(debs);

	for (size_t i = 0; i < images_count; i++) {
		const struct recipe_name *image = &images_all[i];
		cleanup_recipe struct recipe r = RECIPE_INIT;
		char id[65];

		if (images_is_made(s, image->recipe))
			continue;
		if (recipe_load(image->recipe, &r, err) < 0)
			return -1;
		if (recipe_get(&r, "base") == NULL) {
			kitchen_done(&k);
			k = (struct kitchen)KITCHEN_INIT(debs);
		}
		progress_show("making %s", image->words);
		if (images_make(s, &k, image->recipe, id, err) < 0)
			return err_while(err, "making %s", image->words);
		progress_say("made %s  %.12s", image->words, id);
	}
	return 0;
}

static int
make_wheels(struct store *s, int debs, struct err *err)
{
	if (wheels_are_made(store_home_dir(s)))
		return 0;
	progress_show("making Python packages");
	if (wheels_make(store_home_dir(s), debs, err) < 0)
		return err_while(err, "making Python packages");
	progress_say("made Python packages for pip without a network");
	return 0;
}

static int
make_all(struct store *s, struct err *err)
{
	cleanup_fd int debs = -1, lock = -1;

	if (fd_mkdirs(store_home_dir(s), "debs", 0755, err) < 0)
		return -1;
	debs = openat(store_home_dir(s), "debs", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (debs < 0)
		return err_sys(err, "opening the folder of packages");
	if ((lock = lock_setup(debs, err)) < 0 || fetch_packages(s, debs, err) < 0 ||
	    make_images(s, debs, err) < 0)
		return -1;
	return make_wheels(s, debs, err);
}

static int
do_setup(struct store *s, struct err *err)
{
	if (all_is_made(s)) {
		printf("Everything is set up in %s.\n", store_home(s));
		return 0;
	}
	if (make_all(s, err) < 0)
		return -1;
	printf("Set up in %s.\n", store_home(s));
	return 0;
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
