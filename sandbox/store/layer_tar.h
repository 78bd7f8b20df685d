/*
 * layer_tar.h - the canonical tar of an unpacked layer  [crypto]
 */
#ifndef DRYDOCK_STORE_LAYER_TAR_H
#define DRYDOCK_STORE_LAYER_TAR_H

#include "sandbox/store/store.h"

/* Digest of a draft's u with its side table, nothing written. */
int layer_tar_draft(
    struct store *s, const struct store_draft *d, char hex[65], struct err *err);
/* Digest of the layer unpacked for map, as its folder is now. */
int layer_tar_digest(
    struct store *s, enum idmap map, const char *chain, char hex[65], struct err *err);
/* Writes the layer unpacked for map to out; ERR_CORRUPT when it is not what it was. */
int layer_tar_of(struct store *s, enum idmap map, const struct store_layer *l, int out,
    struct err *err);
/* "/etc/passwd was changed": a file of it that was after the layer came to its place;
 * NULL when there is none.  Gives. */
char *layer_changed(struct store *s, enum idmap map, const char *chain);
/* Writes the blob's bytes to out. */
int layer_tar_blob(struct store *s, const char *hex, int out, struct err *err);

#endif
