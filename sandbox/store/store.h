/*
 * store.h - what all sessions of a user share: blobs, layers, build cache, library
 *
 *     DRYDOCK_HOME/
 *         holder.range, holder.one     lock files of the holders (runtime.h)
 *         store/blobs/HEX              configs, and layer blobs that came from outside
 *         store/layers/MAP/CHAIN/      one unpacked layer, an overlay lower as it is
 *         store/layers/MAP/CHAIN.side  owners that it could not be given (owner.h), if
 * any store/layers/meta/CHAIN      {"diff":HEX,"parent":CHAIN or "","size":bytes}
 *         store/layers/MAP/.under-*    offline's lowest layers (offline.h)
 *         store/cache/KEY              build cache: {"chain":...,"diff":...}
 *         store/run/IDHEX              flat run record of an image (store_run_record)
 *         store/incoming/HEX           what has come of a blob; locked by who fetches it
 *         store/pressed/DIFF           a layer in compressed form (store_pressed_find)
 *         store/library.json           tags that setup made
 *         store/library.lock           flock: who changes it
 *         store/hold                   flock: shared by makers, alone for a collection
 *         store/trash/                 what is being removed
 *         store/tmp/                   files being written
 *         store/tmp/MAP/               layers being made, each flock'ed by its maker
 *         sessions/                    session.h
 *         wheels/  debs/               setup's
 *
 * Crash-safe: content first, one syncfs a commit (none for a run), then the rename
 * that makes it visible.  A layer belongs to one owner and one id map; blobs to none.
 * tar.h, the canonical tar of a layer, is part of this door: setup writes its layers by
 * it. This header's functions marked [crypto] are in files that need nettle or
 * libarchive: only `build`-like programs link them.
 */
#ifndef DRYDOCK_STORE_H
#define DRYDOCK_STORE_H

#include "sandbox/base/base.h"
#include "sandbox/image/image.h"
#include "sandbox/runtime/runtime.h"
#include "sandbox/store/tar.h"

struct store;

/* home NULL: DRYDOCK_HOME, else the XDG data folder (as root /var/lib/drydock).  Makes
 * the folders, nothing else; never starts set-up.  Gives; store_free(). */
int store_open(const char *home, struct store **ret, struct err *err);
void store_free(struct store *s);
void store_free_p(struct store **s);
#define cleanup_store __attribute__((cleanup(store_free_p)))

/* The path of DRYDOCK_HOME; borrowed. */
const char *store_home(const struct store *s);
int store_home_dir(const struct store *s); /* borrowed descriptor */
/* The holder, started when first asked for; borrowed. */
struct holder *store_holder(struct store *s, struct err *err);
/* Folder store/layers/MAP of the current map; borrowed descriptor, made if missing. */
int store_layers_dir(struct store *s, struct err *err);
/* The map that this process uses; known without a holder. */
enum idmap store_idmap(const struct store *s);

/* ---- blobs ---- */

/* Is there a blob of this digest / its content, appended / its file. */
bool store_has_blob(struct store *s, const char *hex);
int store_read_blob(struct store *s, const char *hex, struct buf *out, struct err *err);
int store_open_blob(struct store *s, const char *hex, struct err *err); /* gives an fd */
/* [crypto] Keeps data and gives its digest. */
int store_put_blob(
    struct store *s, const void *data, size_t len, char hex[65], struct err *err);

/* ---- blobs that arrive in pieces [crypto] ---- */

/* Gives a locked file for the blob `hex`, at its beginning, with what an earlier try left
 * in it (ftruncate(2) to begin anew).  Waits while another process fetches the same. */
int store_incoming_open(struct store *s, const char *hex, struct err *err);
/* The file becomes the blob `hex`, if that is its digest; else it is removed:
 * ERR_CORRUPT. fd stays the caller's. */
int store_incoming_keep(struct store *s, const char *hex, int fd, struct err *err);
/* Gives a file without a name, for bytes whose digest is told at the end. */
int store_incoming_temp(struct store *s, struct err *err);
/* Makes what is in the file (of this store's file system) a blob and gives its digest;
 * with `expect` only if that is the digest: the caller compares. */
int store_blob_adopt(
    struct store *s, int fd, const char *expect, char hex[65], struct err *err);

/* ---- layers as they travel [crypto] ---- */

struct store_pressed {
	char hex[65]; /* digest of the compressed bytes */
	int64_t size; /* theirs */
	bool kept;    /* they are a blob of this store */
};
/* The compressed form of the layer `diff` that this machine knows; 1 found, 0 none. */
int store_pressed_find(struct store *s, const char *diff, struct store_pressed *ret);
/* The same, made and kept when there is none (gzip, the same bytes each time). */
int store_pressed_make(struct store *s, const char *chain, const char *diff,
    struct store_pressed *ret, struct err *err);
/* Which layer the compressed bytes are; 1 known, 0 not. */
int store_pressed_of(struct store *s, const char *hex, char diff[65]);
/* Records a compressed form that came from outside. */
int store_pressed_set(
    struct store *s, const char *diff, const char *hex, int64_t size, struct err *err);
/* "host/name" has the compressed layer / repositories that had it, newest first. */
void store_pressed_seen(struct store *s, const char *diff, const char *repository);
void store_pressed_where(struct store *s, const char *diff, struct vec *repositories);

/* ---- images ---- */

/* Reads and decodes a config by id into *ret (IMAGE_CONFIG_INIT before; the caller frees
 * it with image_config_done()). */
int store_read_config(
    struct store *s, const char *id, struct image_config *ret, struct err *err);
/* [crypto] Keeps the config's bytes as a blob and makes the run record; every layer must
 * be known already (ERR_NOT_FOUND else).  The id is the digest of the bytes.  After this
 * the image is there, once something points at it. */
int store_add_image(
    struct store *s, const void *config, size_t len, char id[65], struct err *err);
/* [crypto] Unpacks for the current map what is missing, from kept blobs or the other
 * map's layers, and makes a missing run record.  This is `build --unpack ID`, which
 * store_load_image() starts in programs that do not link it: DRYDOCK_HOME and
 * DRYDOCK_IDMAP are set; exit code 0, or 1 and the error's text on standard output. */
int store_unpack_image(struct store *s, const char *id, struct err *err);

/* What `run` needs of an image, made once a config (flat, small, no hashing): */
struct store_image {
	struct vec chains; /* unpacked layers, topmost first: overlay order */
	struct vec diffs;  /* base first, as in rootfs.diff_ids */
	int64_t size;      /* sum of layer sizes in bytes */
	json_t *config;    /* the config member of the image's JSON */
	int64_t created;
};
#define STORE_IMAGE_INIT \
	{ \
		.chains = VEC_INIT, .diffs = VEC_INIT \
	}
/* Frees the members; empty and usable afterwards.  Every struct store_image starts as
 * STORE_IMAGE_INIT. */
void store_image_done(struct store_image *i);
#define cleanup_store_image __attribute__((cleanup(store_image_done)))
/* Every layer is there and unpacked for the current map afterwards; a layer that is
 * only there for the other map or as a blob is unpacked by the `build` program first.
 * An image with a missing layer is absent: ERR_NOT_FOUND that says so. */
int store_load_image(
    struct store *s, const char *id, struct store_image *ret, struct err *err);
/* Size and presence only, nothing unpacked: for `images`. */
int store_stat_image(
    struct store *s, const char *id, struct store_image *ret, struct err *err);

/* Does this stack of layers (chains below layers_dir, topmost first) show something at
 * path (clean, relative)?  Whiteouts and opaque folders hide.  In a process that may
 * read the layers' files. */
bool store_layers_show(int layers_dir, const struct vec *stack, const char *path);

/* ---- layers [crypto] ---- */

struct store_layer {
	char chain[65], diff[65], parent[65]; /* parent "" for the lowest */
	int64_t size;                         /* sum of regular files' sizes */
};

/* ChainID of diff on top of parent ("" or NULL: none), OCI image spec, config.md. */
void store_chain_id(const char *parent, const char *diff, char chain[65]);
/* 1 there (ret filled), 0 not. */
int store_layer_find(
    struct store *s, const char *chain, struct store_layer *ret, struct err *err);

/* Unpack a tar stream (any compression libarchive knows) as a layer on parent.  Whiteouts
 * in tar form become overlay's.  expect_diff (may be NULL) is checked against the
 * uncompressed bytes; mismatch leaves nothing behind.  keep_blob: the bytes are not our
 * canonical tar, so keep them under their diff id.  Bounded: entries, path length, ratio.
 */
int store_layer_unpack(struct store *s, const char *parent, int tar_fd,
    const char *expect_diff, bool keep_blob, struct store_layer *ret, struct err *err);

/* A layer being made: folder store/tmp/MAP/RANDOM with u, w, m, owned by the map's root.
 */
struct store_draft;
int store_draft_new(struct store *s, struct store_draft **ret, struct err *err);
int store_draft_dir(const struct store_draft *d); /* borrowed; has u, w, m */
/* Walk u in byte order, hash its canonical tar, move it into place as a layer on parent.
 * lowers: chains of the image below (topmost first): a whiteout of something that none
 * of them has is dropped.  epoch_ns: -1, or newer mtimes are clamped to it.  Takes d. */
int store_draft_commit(struct store *s, struct store_draft *d, const char *parent,
    const struct vec *lowers, int64_t epoch_ns, struct store_layer *ret, struct err *err);
/* Throw it away.  Takes d. */
void store_draft_drop(struct store *s, struct store_draft *d);

/* Write the layer's tar (the bytes that came from outside, or made anew from the unpacked
 * layer and checked against the diff id) to out_fd. */
int store_layer_tar(struct store *s, const char *chain, int out_fd, struct err *err);

/* ---- what a container has written ----
 *
 * dir is its folder: u is an overlay's upper folder on the layers `chains` (topmost
 * first), m a mount point, owners what its supervisor noted. */

/* Appends "A /path", "C /path", "D /path", parents first, names in byte order. */
int store_changes(
    struct store *s, int dir, const struct vec *chains, struct vec *ret, struct err *err);
/* [crypto] The same as a layer on parent.  Nobody may write there meanwhile. */
int store_commit_upper(struct store *s, int dir, const struct vec *chains,
    const char *parent, struct store_layer *ret, struct err *err);
/* [crypto] All its files and the layers', as one tar to out_fd. */
int store_export(
    struct store *s, int dir, const struct vec *chains, int out_fd, struct err *err);

/* ---- files on their way in and out [crypto] ---- */

/* Writes what lies at `path` below root, whose last name may be a link or ".", as a tar
 * to out: its entries are `as`, `as`/... .  root_uid: files of that id are root's in the
 * tar
 * (-1: of none).  *ret_bytes: its length. */
int store_pack(int root, const char *path, const char *as, int64_t root_uid, int out,
    uint64_t *ret_bytes, struct err *err);

struct store_scatter {
	int root;         /* nothing gets out of it */
	const char *path; /* a folder in there that is to hold the entries */
	const char *from,
	    *to;     /* entries `from`... are to be `to`...; NULL: as they are */
	bool owners; /* give them the tar's owners; else they are ours */
	bool one_id; /* ... by record, see owner.h */
	bool chown;  /* ... or these */
	unsigned uid, gid;
};
/* Reads a tar, compressed or not, from `in` to its end and makes its entries.  A folder
 * is never replaced by something else nor the other way round: Docker's words. */
int store_scatter(const struct store_scatter *s, int in, struct err *err);

/* ---- build cache and library ---- */

/* 1 found, 0 not.  Gives JSON. */
int store_cache_get(struct store *s, const char *key, json_t **ret, struct err *err);
int store_cache_put(
    struct store *s, const char *key, const json_t *value, struct err *err);

/* Calls fn for every entry that can be read; used: ns, when it was written. */
int store_cache_each(struct store *s,
    void (*fn)(void *user, const char *key, const json_t *value, int64_t used),
    void *user, struct err *err);
int store_cache_remove(struct store *s, const char *key, struct err *err);

/* library.json: {"canonical reference": id hex, ...}; gives (an empty object when none).
 */
json_t *store_library(struct store *s, struct err *err);
int store_library_set(
    struct store *s, const char *canonical, const char *id, struct err *err);

/* Which hub a name without a registry means: "local" (the one in the box) or "docker";
 * DRYDOCK_HOME/hub.json. */
bool store_hub_is_local(struct store *s);
int store_set_hub(struct store *s, const char *which, struct err *err);

/* ---- is everything what its name says?  [crypto] ---- */

struct store_check {
	/* One damage and what became of it, a line without its end. */
	void (*say)(void *user, const char *text);
	void *user;
	bool repair; /* what is damaged is made again from what else there is, or taken
		      * out, so that set-up, a pull or a build makes it anew */
	size_t blobs, layers, records; /* looked at */
	size_t damaged, left;          /* found; still so */
};
/* Reads every byte of the store: blobs against their digests, unpacked layers of both
 * maps against what they were made from, records against what they name.  Containers and
 * builds may go on beside it. */
int store_check(struct store *s, struct store_check *c, struct err *err);

/* ---- what nothing points at any more ---- */

/* From here to store_let_go() no collection takes what is made, although nothing points
 * at it yet; waits for one that runs.  Nests.  Returns s, or NULL and *err. */
struct store *store_hold(struct store *s, struct err *err);
void store_let_go(struct store *s); /* NULL: nothing */
void store_let_go_p(struct store **s);
#define cleanup_hold __attribute__((cleanup(store_let_go_p)))

/* A collection: 1 begun, nobody makes anything until it ends; 0 somebody does just now.
 * Gives; store_gc_end(). */
struct store_gc;
int store_gc_begin(struct store *s, struct store_gc **ret, struct err *err);
void store_gc_end(struct store_gc *g);
void store_gc_end_p(struct store_gc **g);
#define cleanup_gc __attribute__((cleanup(store_gc_end_p)))
/* The image, and all that it needs, stays / the blob does.  What the library and the
 * build cache need stays anyhow. */
void store_gc_keep_image(struct store_gc *g, const char *id);
void store_gc_keep_blob(struct store_gc *g, const char *hex);
/* Takes away everything else: configs, layers in all forms, records. */
int store_gc_run(struct store_gc *g, struct err *err);

/* Removes the tree `name` below at, also when its files belong to ids of a map (the
 * holder is started only then); follows no link.  A missing name is fine. */
int store_remove_tree(struct store *s, int at, const char *name, struct err *err);
/* Removes home with everything below it, inside the id maps, and ends the holders; then
 * only store_free() may follow.  ERR_INPUT for a folder that is or holds the user's home.
 * Containers must have ended. */
int store_remove_home(struct store *s, struct err *err);

#endif
