/*
 * stock.c - see stock.h
 */
#include "sandbox/setup/stock.h"
#include "sandbox/setup/download.h"
#include "sandbox/setup/images.h"
#include "sandbox/setup/pool.h"
#include "sandbox/setup/progress.h"
#include "sandbox/setup/wheel.h"
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* What unpacked packages take, measured: three times what is fetched, and some room. */
enum { UNPACKED_FACTOR = 3, ROOM = 200 << 20 };

static bool
images_are_made(struct store *s)
{
	for (size_t i = 0; i < images_count; i++)
		if (!images_is_made(s, images_all[i].recipe))
			return false;
	return wheels_are_made(store_home_dir(s));
}

static bool
pools_are_made(struct store *s)
{
	for (size_t i = 0; i < pool_suites_count; i++)
		if (!pool_is_made(store_home_dir(s), pool_suites[i]))
			return false;
	return true;
}

bool
stock_is_made(struct store *s, bool pools)
{
	return images_are_made(s) && (!pools || pools_are_made(s));
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
check_space(const struct store *s, int64_t wanted, struct err *err)
{
	struct statvfs v;
	char need[24], have[24];

	wanted += ROOM;
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
needed_for_images(struct store *s, struct lock *lock, struct err *err)
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
needed_for_pools(struct store *s, struct lock *lock, struct err *err)
{
	for (size_t i = 0; i < pool_suites_count; i++) {
		cleanup_free char *name = xasprintf("pool-%s", pool_suites[i]);

		if (!pool_is_made(store_home_dir(s), pool_suites[i]) &&
		    recipe_load_lock(name, lock, err) < 0)
			return -1;
	}
	return 0;
}

static int
fetch_packages(struct store *s, int debs, const struct lock *lock, int factor,
    const char *what, struct err *err)
{
	cleanup_mirrors struct mirrors mirrors = MIRRORS_INIT;
	cleanup_free char *folder = xasprintf("%s/debs", store_home(s));
	int64_t bytes;
	size_t n = download_missing(debs, lock, &bytes);
	char size[24];

	if (n == 0)
		return 0;
	if (check_space(s, bytes * factor, err) < 0 || mirrors_find(&mirrors, err) < 0)
		return -1;
	progress_say("fetching %zu package%s for %s, %s, from %s", n, n == 1 ? "" : "s",
	    what, progress_size(bytes, size),
	    mirrors.main.len > 0 ? mirrors.main.v[0] : mirrors.security.v[0]);
	return download(debs, lock, &mirrors, folder, err);
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

/* What lies in a pool is a link to what was fetched: it takes no more room. */
static int
make_pools(struct store *s, int debs, struct err *err)
{
	cleanup_lock struct lock lock = LOCK_INIT;

	if (needed_for_pools(s, &lock, err) < 0 ||
	    fetch_packages(s, debs, &lock, 1, "apt", err) < 0)
		return -1;
	for (size_t i = 0; i < pool_suites_count; i++) {
		if (pool_is_made(store_home_dir(s), pool_suites[i]))
			continue;
		progress_show("making the packages for apt of %s", pool_suites[i]);
		if (pool_make(store_home_dir(s), debs, pool_suites[i], err) < 0)
			return err_while(
			    err, "making the packages for apt of %s", pool_suites[i]);
		progress_say(
		    "made the packages of %s for apt without a network", pool_suites[i]);
	}
	return 0;
}

int
stock_make(struct store *s, bool pools, struct err *err)
{
	cleanup_fd int debs = -1, lock_fd = -1;
	cleanup_lock struct lock lock = LOCK_INIT;

	if (fd_mkdirs(store_home_dir(s), "debs", 0755, err) < 0)
		return -1;
	debs = openat(store_home_dir(s), "debs", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (debs < 0)
		return err_sys(err, "opening the folder of packages");
	if ((lock_fd = lock_setup(debs, err)) < 0 ||
	    needed_for_images(s, &lock, err) < 0 ||
	    fetch_packages(s, debs, &lock, 1 + UNPACKED_FACTOR, "images", err) < 0 ||
	    make_images(s, debs, err) < 0 || make_wheels(s, debs, err) < 0)
		return -1;
	return pools ? make_pools(s, debs, err) : 0;
}
