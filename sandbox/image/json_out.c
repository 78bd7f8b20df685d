/*
 * json_out.c - JSON as Go writes it: escapes, omitted empties, sorted maps
 */
#include "sandbox/image/private.h"
#include <stdlib.h>

/* Length of the valid UTF-8 sequence at s, 0 when it is none. */
static size_t
valid_len(const char *s)
{
	size_t len = str_utf8_len(s);

	if (len > 1)
		return len;
	return (unsigned char)*s < 0x80 ? 1 : 0;
}

json_t *
image_text(const char *s)
{
	cleanup_buf struct buf b = BUF_INIT(BUF_OURS);
	json_t *j = json_string(s);

	if (j != NULL)
		return j;
	while (*s != '\0') {
		size_t len = valid_len(s);

		if (len > 0)
			buf_add(&b, s, len);
		else
			buf_adds(&b, "\xef\xbf\xbd");
		s += len > 0 ? len : 1;
	}
	j = json_string(b.s);
	return j != NULL ? j : json_string("");
}

json_t *
image_text_list(const struct vec *v)
{
	json_t *list = json_array();

	for (size_t i = 0; i < v->len; i++)
		json_array_append_new(list, image_text(v->v[i]));
	return list;
}

void
image_put_text(json_t *object, const char *key, const char *s)
{
	if (s != NULL && *s != '\0')
		json_object_set_new(object, key, image_text(s));
}

void
image_put_list(json_t *object, const char *key, const struct vec *v)
{
	if (v->len > 0)
		json_object_set_new(object, key, image_text_list(v));
}

/* Sets object[name] = value (taken), where name may be no UTF-8. */
static void
put(json_t *object, const char *name, json_t *value)
{
	cleanup_json json_t *key = image_text(name);

	json_object_set_new(object, json_string_value(key), value);
}

json_t *
image_set_object(const struct vec *v)
{
	cleanup_vec struct vec sorted = VEC_INIT;
	json_t *object = json_object();

	vec_add_all(&sorted, v->v);
	vec_sort(&sorted);
	for (size_t i = 0; i < sorted.len; i++)
		put(object, sorted.v[i], json_object());
	return object;
}

static int
by_label_name(const void *a, const void *b)
{
	const char *x = *(char *const *)a, *y = *(char *const *)b;
	size_t xl = strcspn(x, "="), yl = strcspn(y, "=");
	int order = memcmp(x, y, xl < yl ? xl : yl);

	return order != 0 ? order : (xl > yl) - (xl < yl);
}

json_t *
image_labels_object(const struct vec *v)
{
	cleanup_vec struct vec sorted = VEC_INIT;
	json_t *object = json_object();

	vec_add_all(&sorted, v->v);
	if (sorted.len > 1)
		qsort(sorted.v, sorted.len, sizeof *sorted.v, by_label_name);
	for (size_t i = 0; i < sorted.len; i++) {
		char *equals = strchr(sorted.v[i], '=');

		if (equals != NULL)
			*equals = '\0';
		put(object, sorted.v[i], image_text(equals != NULL ? equals + 1 : ""));
	}
	return object;
}

json_t *
image_blob_object(const struct image_blob *blob, bool docker)
{
	json_t *j = json_object();

	json_object_set_new(j, "mediaType", image_text(blob->media_type));
	if (docker)
		json_object_set_new(j, "size", json_integer(blob->size));
	json_object_set_new(j, "digest", image_text(blob->digest));
	if (!docker)
		json_object_set_new(j, "size", json_integer(blob->size));
	return j;
}

json_t *
image_health_object(const struct image_health *health)
{
	const struct {
		const char *key;
		int64_t value;
	} numbers[] = {{"Interval", health->interval}, {"Timeout", health->timeout},
	    {"StartPeriod", health->start_period},
	    {"StartInterval", health->start_interval}, {"Retries", health->retries}};
	json_t *j = json_object();

	image_put_list(j, "Test", &health->test);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		if (numbers[i].value != 0)
			json_object_set_new(
			    j, numbers[i].key, json_integer(numbers[i].value));
	return j;
}

/* Rewrites jansson's compact text as Go's json.Marshal has it: < > & and the line
 * separators escaped, hex digits of escapes in lower case.  None of these bytes occurs
 * outside strings. */
static void
add_as_go(struct buf *b, const char *s)
{
	static const struct {
		const char *raw, *escaped;
	} pairs[] = {{"<", "\\u003c"}, {">", "\\u003e"}, {"&", "\\u0026"},
	    {"\xe2\x80\xa8", "\\u2028"}, {"\xe2\x80\xa9", "\\u2029"}};

	while (*s != '\0') {
		size_t i = 0;

		while (i < ARRAY_LEN(pairs) && !str_starts(s, pairs[i].raw))
			i++;
		if (i < ARRAY_LEN(pairs)) {
			buf_adds(b, pairs[i].escaped);
			s += strlen(pairs[i].raw);
		} else if (str_starts(s, "\\u00")) {
			buf_addf(b, "\\u00%c%c", s[4], s[5] | (s[5] >= 'A' ? 0x20 : 0));
			s += 6;
		} else {
			size_t len = *s == '\\' ? 2 : 1;

			buf_add(b, s, len);
			s += len;
		}
	}
}

char *
image_json_text(json_t *j, size_t indent, size_t *ret_len)
{
	cleanup_json json_t *owned = j;
	cleanup_free char *text =
	    json_dumps(owned, indent > 0 ? JSON_INDENT(indent) : JSON_COMPACT);
	struct buf b = BUF_INIT(BUF_OURS);

	if (text != NULL)
		add_as_go(&b, text);
	*ret_len = b.len;
	return buf_take(&b);
}
