/*
 * owner.h - owner and mode that the id map or the file system cannot hold
 *
 * Written as "uid:gid:0mode:type" (the form that other rootless engines use): on files
 * and folders as the xattr user.containers.override_stat, for all else in the layer's
 * side table, a JSON object from path (json_key()) to text.  Types: file dir symlink pipe
 * char-MAJOR-MINOR block-MAJOR-MINOR.  Nobody here can make a device: an empty file
 * stands for it.  "-:-:-:type" is the record of one whose owner and mode are the file's
 * own; the side table names it too, so that containers know that there is one.
 */
#ifndef DRYDOCK_STORE_OWNER_H
#define DRYDOCK_STORE_OWNER_H

#include "sandbox/base/base.h"
#include <stdint.h>
#include <sys/stat.h>

#define OWNER_XATTR "user.containers.override_stat"

struct owner {
	uint32_t uid, gid, mode;
	char type[64];
	bool own; /* only the type is recorded */
};

/* Does a layer's tar carry this extended attribute? */
bool owner_keeps_xattr(const char *name);
/* Fills o from the record of the open file, if there is a valid one.  The record's type
 * counts only where owner_stands_for() is asked. */
void owner_read(int fd, struct owner *o);
/* 0 or -1 with errno. */
int owner_write(int fd, const struct owner *o);

/* Fills o from the side table (may be NULL); false: nothing there. */
bool owner_find(const json_t *side, const char *path, struct owner *o);
void owner_record(json_t *side, const char *path, const struct owner *o);
/* The type of a device. */
void owner_set_device(struct owner *o, mode_t type, unsigned major, unsigned minor);
/* Is it the record of a device?  Fills the tar type and the rest. */
bool owner_stands_for(
    const struct owner *o, char *type, uint32_t *major, uint32_t *minor);
/* The side table of a draft (a folder with u, root: that u): what an archive brought and
 * what its container's supervisor noted.  *ret is NULL when there is nothing; must run
 * inside the id map. */
int owner_side_look(int draft, int root, json_t **ret, struct err *err);
/* The same, and writes it there. */
int owner_side(int draft, int root, json_t **ret, struct err *err);

#endif
