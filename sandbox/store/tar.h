/*
 * tar.h - a layer as a tar, the same bytes for ever
 *
 * THE RULES.  They decide layer digests: changing one makes every image another.
 *
 *  - Entries come from one walk: a folder, then its content, names in byte order
 *    (strcmp).  Parents come before children; the root folder itself has no entry.
 *  - Names are relative ("etc/passwd"), without "./"; folders end in '/'.
 *  - Every entry is one ustar header ("ustar\0" "00"), before it a pax header ('x')
 *    only when something does not fit: numbers are zero-padded octal ended by NUL.
 *  - pax records, in this order: SCHILY.xattr.NAME (byte order of NAME), gid (above
 *    2097151), hdrcharset=BINARY (when a path or linkpath record is not UTF-8),
 *    linkpath and path (more than 100 bytes), size (more than 8 GiB - 1), uid (as gid).
 *    The header then has 0 or the first 100 bytes.  The pax header's own name is
 *    "././@PaxHeader", its other fields are zero.  The prefix field is never used.
 *  - Mode is permission bits with setuid, setgid and sticky; uname and gname are empty;
 *    devmajor and devminor are "0000000" but for devices.
 *  - mtime is whole seconds, never below 0, clamped to an epoch when one is given.
 *  - Owner and mode are those inside the id map; user.containers.override_stat
 *    ("uid:gid:0mode:type") or the layer's side table stand in for what the map or
 *    the file system could not hold.
 *  - A whiteout (character device 0/0) is an empty file .wh.NAME, mode 0, owner 0:0,
 *    mtime 0, at the place of NAME in the order; an opaque folder
 *    (user.overlay.opaque=y) has such an entry .wh..wh..opq first.
 *  - The second and further names of a file are hard links ('1') to the first one in
 *    the order, with the same metadata, without size or xattrs.
 *  - xattrs: user.* and security.capability of files and folders; never user.overlay.*
 *    or user.containers.override_stat.  Sockets are left out.
 *  - The end is two blocks of zeros and nothing more: an empty layer is 1024 zeros.
 */
#ifndef DRYDOCK_STORE_TAR_H
#define DRYDOCK_STORE_TAR_H

#include "sandbox/base/base.h"

struct hash;

/* Where the bytes go: hashed, and written to fd unless it is -1. */
struct tar_out {
	int fd;
	struct hash *hash; /* owned; tar_out_end() takes it */
	uint64_t *bytes;   /* counts what was written; NULL: nobody asks */
	size_t len;
	char block[65536];
};

struct tar_entry {
	const char *path; /* as in the header: folders with '/' */
	char type;        /* '0' file, '1' link, '2' symlink, '3' '4' devices, '5' '6' */
	uint32_t mode, uid, gid;
	int64_t size, mtime; /* size: of '0' only; mtime in seconds */
	const char *link;    /* target of '1' and '2', or NULL */
	uint32_t major, minor;
	const struct buf *xattrs; /* finished pax records, or NULL */
};

/* Gives; free with tar_out_end() or tar_out_free(). */
struct tar_out *tar_out_new(int fd);
void tar_out_free(struct tar_out *o);
/* Writes the end and the digest of all into hex.  Takes o. */
int tar_out_end(struct tar_out *o, char hex[65], struct err *err);
int tar_put(struct tar_out *o, const void *data, size_t len, struct err *err);
/* Zeros up to the next block after size bytes of content. */
int tar_put_padding(struct tar_out *o, int64_t size, struct err *err);
int tar_put_entry(struct tar_out *o, const struct tar_entry *e, struct err *err);
/* Appends one pax record "LEN key=value\n" to b. */
void tar_pax_record(struct buf *b, const char *key, const void *value, size_t len);

/* What a walk needs and finds. */
struct tar_walk {
	int root;           /* the layer's folder */
	const json_t *side; /* {"path":"uid:gid:0mode:type"}, or NULL */
	struct tar_out *out;
	/* Only when a draft is finished (else lowers is NULL and epoch is -1): newer
	 * mtimes become epoch on the disk as well, and whiteouts of what no lower has go.
	 */
	const struct vec *lowers; /* topmost first, names below layers */
	int layers;
	int64_t epoch;    /* seconds or -1 */
	bool has_root_id; /* files of root_id get the owner 0:0 */
	uint32_t root_id;
	json_t *devices; /* NULL, or gets the records of devices (owner.h) by path */
	int64_t size;    /* result: sum of regular files' sizes */
};
/* Walks and writes all entries (not the end).  Must run inside the id map. */
int tar_walk(struct tar_walk *w, struct err *err);
/* The one thing `name` in the folder w->root, with what is below it, called `as`. */
int tar_walk_one(struct tar_walk *w, const char *name, const char *as, struct err *err);

#endif
