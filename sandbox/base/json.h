/*
 * json.h - jansson, with files, cleanup and paths
 */
#ifndef DRYDOCK_JSON_H
#define DRYDOCK_JSON_H

#include "sandbox/base/buf.h"
#include "sandbox/base/err.h"
#include "sandbox/base/vec.h"
#include <jansson.h>

#define cleanup_json __attribute__((cleanup(json_decref_p)))
void json_decref_p(json_t **j);

/* Reads a whole JSON file of at most 64 MiB below `at`.  Gives; NULL and *err on failure.
 */
json_t *json_read_file(int at, const char *path, struct err *err);
/* Writes compact JSON (keys in insertion order) atomically, see fd_write_file. */
int json_write_file(
    int at, const char *path, const json_t *j, mode_t mode, struct err *err);

/* String member or `fallback` when absent or of another type; borrowed. */
const char *json_get_str(const json_t *object, const char *key, const char *fallback);
long long json_get_int(const json_t *object, const char *key, long long fallback);
bool json_get_bool(const json_t *object, const char *key, bool fallback);
/* Appends the strings of the array member to v (nothing when absent). */
void json_get_vec(const json_t *object, const char *key, struct vec *v);
/* The name of a file as a key: itself where that is UTF-8; else a '/' and each byte as
 * the character of its number.  Gives.  Paths with a '/' before them have no such key. */
char *json_key(const char *name);
/* The name of which this is the key.  Gives. */
char *json_key_name(const char *key);
/* Appends it indented by tabs, as Go's MarshalIndent does for Docker's files. */
void json_add_tabbed(struct buf *out, const json_t *j);
/* Gives a JSON array of the strings. */
json_t *json_from_vec(const struct vec *v);

#endif
