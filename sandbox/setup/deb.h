/*
 * deb.h - what is inside a .deb (deb(5): an ar archive of two tars), by libarchive
 */
#ifndef DRYDOCK_SETUP_DEB_H
#define DRYDOCK_SETUP_DEB_H

#include "sandbox/base/base.h"

enum deb_type { DEB_FILE, DEB_DIR, DEB_LINK, DEB_HARD };

struct deb_entry {
	const char *path; /* absolute, clean; "/" for the root; never with ".." */
	enum deb_type type;
	mode_t mode;
	uid_t uid;
	gid_t gid;
	int64_t mtime;
	const char *target; /* DEB_LINK: as it stands; DEB_HARD: absolute, clean */
	char *data;         /* DEB_FILE: take_ptr() it to keep it */
	size_t len;
};

struct deb_visit {
	/* Returning -1 (with *err) ends the reading. */
	int (*fn)(void *arg, struct deb_entry *entry, struct err *err);
	void *arg;
};

/* Calls v->fn for each entry of the member ("control" or "data") of the .deb open at fd,
 * in its order.    Files above 64 MiB, more than 100000 entries and other kinds of
 * entries are refused. */
int deb_read(int fd, const char *member, const struct deb_visit *v, struct err *err);

/* The same for a zip (a wheel) in memory: DEB_FILE entries only, relative paths. */
int zip_read(const void *zip, size_t len, const struct deb_visit *v, struct err *err);

/* "./usr/bin/" as in a tar to "/usr/bin"; in a merged-/usr tree /bin, /sbin, /lib and
 * /lib64 become /usr/bin and so on (a link of that name is made by the recipe).  Gives;
 * NULL for a path with "..". */
char *deb_path(const char *name, bool merged_usr);

#endif
