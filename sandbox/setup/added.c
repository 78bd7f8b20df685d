/*
 * added.c - see added.h; where added files lie
 */
#include "sandbox/setup/added.h"
#include "sandbox/setup/added_private.h"
#include "sandbox/setup/progress.h"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

void
added_list(int home, const char *folder, const char *end, struct vec *names)
{
	int fd = openat(home, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	cleanup_dir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	while (dir != NULL && (e = readdir(dir)) != NULL)
		if (e->d_name[0] != '.' && str_ends(e->d_name, end))
			vec_add(names, e->d_name);
	vec_sort(names);
}

int
added_take(struct gather *g, const char *folder, const char *stock, const char *end,
    struct err *err)
{
	int home = store_home_dir(g->store), taken = 0;
	cleanup_free char *from = xasprintf("%s/out", g->name);
	cleanup_vec struct vec names = VEC_INIT;

	added_list(home, from, end, &names);
	if (fd_mkdirs(home, folder, 0755, err) < 0)
		return -1;
	for (size_t i = 0; i < names.len; i++) {
		cleanup_free char *old = xasprintf("%s/%s", from, names.v[i]);
		cleanup_free char *new = xasprintf("%s/%s", folder, names.v[i]);
		cleanup_free char *there = xasprintf("%s/%s", stock, names.v[i]);
		struct stat st;
		char size[24];

		if (fstatat(home, new, &st, AT_SYMLINK_NOFOLLOW) == 0 ||
		    fstatat(home, there, &st, AT_SYMLINK_NOFOLLOW) == 0)
			continue;
		if (fstatat(home, old, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    fchmodat(home, old, 0644, 0) < 0 ||
		    renameat(home, old, home, new) < 0)
			return err_sys(err, "keeping %s", names.v[i]);
		printf("added %s  %s\n", names.v[i], progress_size(st.st_size, size));
		taken++;
	}
	return taken;
}
