/*
 * sources.h - where this machine's apt gets Debian from
 *
 * Reads apt's two formats (sources.list(5)): one-line .list and deb822
 * .sources.  Other people's archives are told from Debian's by suite and
 * component; a wrong guess costs one answer "not found", since every package
 * is checked by its sum.  The first half is pure.
 */
#ifndef DRYDOCK_SETUP_SOURCES_H
#define DRYDOCK_SETUP_SOURCES_H

#include "sandbox/base/base.h"

/* Base addresses without a slash at the end, best first; below each lies pool/. */
struct mirrors {
	struct vec main, security;
};

#define MIRRORS_INIT \
	{ \
		.main = VEC_INIT, .security = VEC_INIT \
	}
#define cleanup_mirrors __attribute__((cleanup(mirrors_done)))
void mirrors_done(struct mirrors *m);

/* Add what the text of one file names; what is not understood is skipped, as are
 * deb-src, disabled stanzas and methods other than http, https and file. */
void sources_parse_list(const char *text, struct mirrors *m);
void sources_parse_deb822(const char *text, struct mirrors *m);
/* BASE holds debian/ and debian-security/ (BASE may end in /debian itself). */
void mirrors_add_base(struct mirrors *m, const char *base);
/* Adds for each .../debian its neighbour .../debian-security, and the reverse. */
void mirrors_add_neighbours(struct mirrors *m);
/* Appends every address for a lock line's path to urls, in the order to try: its own
 * archive first, then the other (a package may have moved there). */
void mirrors_urls(const struct mirrors *m, const char *lock_path, struct vec *urls);
/* The value of the apt.conf(5) option Acquire::http::Proxy in text, or NULL.  Gives. */
char *sources_parse_proxy(const char *text);

/* ---- this machine ---- */

/* DRYDOCK_MIRROR (one or more bases, separated by blanks), else apt's own files.
 * ERR_NOT_FOUND, with the ways out as hint, when no Debian archive is named. */
int mirrors_find(struct mirrors *m, struct err *err);
/* apt's proxy, or NULL: also when the environment has http_proxy.  Gives. */
char *mirrors_proxy(void);

#endif
