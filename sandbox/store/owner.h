/*
 * owner.h - owner and mode that the id map or the file system cannot hold
 *
 * Written as "uid:gid:0mode:type" (the form that other rootless engines use): on files
 * and folders as the xattr user.containers.override_stat, for all else in the layer's
 * side table, a JSON object from path (json_key()) to text.  Types: file dir symlink pipe
 * char-MAJOR-MINOR block-MAJOR-MINOR; a device that could not be made has its mtime
 * after one more ':' and no file.
 */
#ifndef DRYDOCK_STORE_OWNER_H
#define DRYDOCK_STORE_OWNER_H

#include "sandbox/base/base.h"
#include <stdint.h>

#define OWNER_XATTR "user.containers.override_stat"

struct owner {
	uint32_t uid, gid, mode;
	char type[64]; /* with what follows it */
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
/* Is it a device that exists in the side table only?  Fills the tar type and the rest. */
bool owner_device(
    const struct owner *o, char *type, uint32_t *major, uint32_t *minor, int64_t *mtime);
/* Is it the record of a device that an empty file stands for (made by a container with
 * one id)? */
bool owner_stands_for(
    const struct owner *o, char *type, uint32_t *major, uint32_t *minor);
/* The side table of a draft (a folder with u, root: that u): what an archive brought and
 * what its container's supervisor noted.  *ret is NULL when there is nothing; must run
 * inside the id map. */
int owner_side_look(int draft, int root, json_t **ret, struct err *err);
/* The same, and writes it there. */
int owner_side(int draft, int root, json_t **ret, struct err *err);
/* Appends the names of devices that exist there only and lie directly in folder ("" is
 * the root). */
void owner_list_devices(const json_t *side, const char *folder, struct vec *names);

#endif
