/*
 * offline.c - what one container is lent
 */
#include "sandbox/offline/private.h"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

void
offline_done(struct offline *o)
{
	fd_close_p(&o->wheels);
	fd_close_p(&o->apt);
	free(take_ptr(o->under));
	fd_close_p(&o->relay);
	if (o->relay_pid > 0)
		proc_wait(o->relay_pid);
	o->relay_pid = 0;
}

static int
open_folder(int home_dir, const char *name)
{
	return openat(home_dir, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int
offline_wheels(int home_dir)
{
	return open_folder(home_dir, "wheels");
}

int
offline_lend(int home_dir, int layers_dir, uid_t root_uid, const struct vec *chains,
    enum offline_way way, struct offline *ret, struct err *err)
{
	struct under_form form = {.way = way, .home = home_dir};

	*ret = (struct offline)OFFLINE_INIT;
	if (way == OFFLINE_SERVED && faccessat(home_dir, "online/pip.conf", R_OK, 0) == 0)
		form.way = OFFLINE_ONLINE;
	ret->way = form.way;
	if (look_has(layers_dir, chains, "etc"))
		ret->wheels = offline_wheels(home_dir);
	form.pip = ret->wheels >= 0 || form.way == OFFLINE_ONLINE;
	form.apt = look_has(layers_dir, chains, "etc/apt/apt.conf.d");
	if (form.apt)
		look_suite(layers_dir, chains, form.suite);
	if (form.suite[0] != '\0') {
		cleanup_free char *index = xasprintf(
		    form.way == OFFLINE_ONLINE ? "online/%s.list" : "apt/%s/Packages",
		    form.suite);

		if (faccessat(home_dir, index, R_OK, 0) == 0)
			ret->apt = open_folder(
			    home_dir, form.way == OFFLINE_ONLINE ? "online" : "apt");
	}
	if (ret->apt < 0)
		form.suite[0] = '\0';
	memcpy(ret->suite, form.suite, sizeof ret->suite);
	ret->under = under_make(layers_dir, root_uid, &form, err);
	if (ret->under == NULL)
		offline_done(ret);
	return ret->under == NULL ? -1 : 0;
}

size_t
offline_mounts(const struct offline *o, struct offline_mount mounts[OFFLINE_MOUNTS])
{
	size_t n = 0;

	if (o->way != OFFLINE_FOLDERS)
		return 0;
	if (o->wheels >= 0)
		mounts[n++] = (struct offline_mount){o->wheels, OFFLINE_WHEELS};
	if (o->apt >= 0)
		mounts[n++] = (struct offline_mount){o->apt, OFFLINE_APT};
	return n;
}
