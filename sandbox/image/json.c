/*
 * json.c - checked decoding of JSON from outside
 */
#include "sandbox/image/private.h"
#include <stdlib.h>

json_t *
image_json_load(
    const char *json, size_t len, bool array, const char *what, struct err *err)
{
	cleanup_json json_t *j = NULL;
	json_error_t why;

	if (len > IMAGE_JSON_MAX) {
		err_set(
		    err, ERR_LIMIT, "%s is bigger than %d bytes", what, IMAGE_JSON_MAX);
		return NULL;
	}
	j = json_loadb(json, len, 0, &why);
	if (j == NULL) {
		err_set(err, ERR_CORRUPT, "%s, line %d: %s", what, why.line, why.text);
		return NULL;
	}
	if (array ? !json_is_array(j) : !json_is_object(j)) {
		err_set(err, ERR_CORRUPT, "%s is not a JSON %s", what,
		    array ? "array" : "object");
		return NULL;
	}
	return take_ptr(j);
}

/* The member, NULL for absent and null. */
static const json_t *
member(const json_t *object, const char *key)
{
	const json_t *v = json_object_get(object, key);

	return json_is_null(v) ? NULL : v;
}

static int
wrong_type(const char *key, const char *want, struct err *err)
{
	return err_set(err, ERR_CORRUPT, "member \"%s\" is not %s", key, want);
}

int
image_json_str(const json_t *object, const char *key, char **ret, struct err *err)
{
	const json_t *v = member(object, key);

	if (v != NULL && !json_is_string(v))
		return wrong_type(key, "a string", err);
	image_set(ret, v != NULL ? json_string_value(v) : NULL);
	return 0;
}

int
image_json_object(
    const json_t *object, const char *key, const json_t **ret, struct err *err)
{
	*ret = member(object, key);
	return *ret != NULL && !json_is_object(*ret) ? wrong_type(key, "an object", err)
						     : 0;
}

int
image_json_array(
    const json_t *object, const char *key, const json_t **ret, struct err *err)
{
	*ret = member(object, key);
	return *ret != NULL && !json_is_array(*ret) ? wrong_type(key, "an array", err)
						    : 0;
}

int
image_json_list(const json_t *object, const char *key, struct vec *v, struct err *err)
{
	const json_t *list;

	/* Old images have a plain string for a command of one word. */
	if (json_is_string(json_object_get(object, key))) {
		vec_add(v, json_string_value(json_object_get(object, key)));
		return 0;
	}
	if (image_json_array(object, key, &list, err) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);

		if (!json_is_string(item))
			return wrong_type(key, "a list of strings", err);
		vec_add(v, json_string_value(item));
	}
	return 0;
}

int
image_json_map(
    const json_t *object, const char *key, bool values, struct vec *v, struct err *err)
{
	const json_t *map;

	if (image_json_object(object, key, &map, err) < 0)
		return -1;
	for (void *i = json_object_iter((json_t *)map); i != NULL;
	     i = json_object_iter_next((json_t *)map, i)) {
		const json_t *value = json_object_iter_value(i);

		if (values && !json_is_string(value))
			return wrong_type(key, "a map of strings", err);
		if (values)
			vec_addf(v, "%s=%s", json_object_iter_key(i),
			    json_string_value(value));
		else
			vec_add(v, json_object_iter_key(i));
	}
	vec_sort(v);
	return 0;
}

int
image_json_int(const json_t *object, const char *key, int64_t *ret, struct err *err)
{
	const json_t *v = member(object, key);

	if (v == NULL)
		return 0;
	if (!json_is_integer(v))
		return wrong_type(key, "an integer", err);
	*ret = json_integer_value(v);
	return 0;
}

int
image_json_bool(const json_t *object, const char *key, bool *ret, struct err *err)
{
	const json_t *v = member(object, key);

	if (v == NULL)
		return 0;
	if (!json_is_boolean(v))
		return wrong_type(key, "true or false", err);
	*ret = json_is_true(v);
	return 0;
}

/* Nanoseconds in 64 bits reach from 1678 to 2262; Go's zero time is year 1. */
static bool
fits_in_ns(const char *text)
{
	long year = strtol(text, NULL, 10);

	return year >= 1678 && year < 2262;
}

int
image_json_time(const json_t *object, const char *key, int64_t *ret, struct err *err)
{
	const json_t *v = member(object, key);
	const char *text = json_string_value(v);

	*ret = IMAGE_NO_TIME;
	if (v == NULL)
		return 0;
	if (text == NULL || strspn(text, "0123456789") != 4)
		return wrong_type(key, "a time", err);
	if (!fits_in_ns(text) || clock_parse(text, ret) == 0)
		return 0;
	*ret = IMAGE_NO_TIME;
	return wrong_type(key, "a time", err);
}

int
image_json_blob(const json_t *object, struct image_blob *ret, struct err *err)
{
	ret->size = -1;
	if (!json_is_object(object))
		return err_set(err, ERR_CORRUPT, "a descriptor is not an object");
	if (image_json_str(object, "mediaType", &ret->media_type, err) < 0 ||
	    image_json_str(object, "digest", &ret->digest, err) < 0 ||
	    image_json_int(object, "size", &ret->size, err) < 0)
		return -1;
	if (ret->media_type == NULL)
		return err_set(err, ERR_CORRUPT, "a descriptor has no media type");
	if (ret->digest == NULL || !image_is_digest(ret->digest))
		return err_set(err, ERR_CORRUPT, "a descriptor has no sha256 digest");
	if (ret->size < 0)
		return err_set(err, ERR_CORRUPT, "a descriptor has no size");
	return 0;
}
