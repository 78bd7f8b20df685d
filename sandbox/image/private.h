/*
 * private.h - what the files of this module share: checked decoding, Go's JSON
 *
 * A decoder loads bounded JSON once and then asks for members by type; every
 * question fails with ERR_CORRUPT and the member's name.
 */
#ifndef DRYDOCK_IMAGE_PRIVATE_H
#define DRYDOCK_IMAGE_PRIVATE_H

#include "sandbox/base/base.h"
#include "sandbox/image/image.h"

/* Reads one JSON object (array when `array`) of at most IMAGE_JSON_MAX bytes; `what`
 * names it in errors.  Gives. */
json_t *image_json_load(
    const char *json, size_t len, bool array, const char *what, struct err *err);
/* Sets *ret to a copy of the string member, NULL when absent or null. */
int image_json_str(const json_t *object, const char *key, char **ret, struct err *err);
/* Appends the strings of an array member; absent and null are empty. */
int image_json_list(
    const json_t *object, const char *key, struct vec *v, struct err *err);
/* Appends the keys of an object member ("K=V" when `values`), sorted. */
int image_json_map(
    const json_t *object, const char *key, bool values, struct vec *v, struct err *err);
/* Integer and boolean members; absent and null leave *ret alone. */
int image_json_int(const json_t *object, const char *key, int64_t *ret, struct err *err);
int image_json_bool(const json_t *object, const char *key, bool *ret, struct err *err);
/* RFC 3339; absent, null and Go's zero time are IMAGE_NO_TIME. */
int image_json_time(const json_t *object, const char *key, int64_t *ret, struct err *err);
/* The member when it is an object (array); NULL when absent or null, *ret set always. */
int image_json_object(
    const json_t *object, const char *key, const json_t **ret, struct err *err);
int image_json_array(
    const json_t *object, const char *key, const json_t **ret, struct err *err);
/* The object must be a descriptor: mediaType, digest, size. */
int image_json_blob(const json_t *object, struct image_blob *ret, struct err *err);

/* A JSON string; bytes that are no UTF-8 become U+FFFD as Go does.  Gives. */
json_t *image_text(const char *s);
json_t *image_text_list(const struct vec *v);
/* Sets the member unless s is NULL or empty. */
void image_put_text(json_t *object, const char *key, const char *s);
/* Sets the member unless v is empty. */
void image_put_list(json_t *object, const char *key, const struct vec *v);
/* {"k": {}, ...} sorted; {"k": "v", ...} sorted.  Give. */
json_t *image_set_object(const struct vec *v);
json_t *image_labels_object(const struct vec *v);
/* "mediaType", "digest", "size", or size before digest (`docker`).  Gives. */
json_t *image_blob_object(const struct image_blob *blob, bool docker);
/* Health check with Go's omit-empty rules.  Gives. */
json_t *image_health_object(const struct image_health *health);

/* Takes j; gives its text.  indent 0: compact, and < > & escaped as Go's Marshal does. */
char *image_json_text(json_t *j, size_t indent, size_t *ret_len);

void image_blob_done(struct image_blob *blob);
void image_blob_set(
    struct image_blob *blob, const char *media_type, const char *digest, int64_t size);

#endif
