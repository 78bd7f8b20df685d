/*
 * event.c - one event, as Docker says it
 *
 * Facts: docker/cli's system events, moby's daemon/events/filter.go.
 */
#include "sandbox/docker/event.h"
#include <ctype.h>
#include <stdlib.h>
#include <time.h>

/* ---- reading ----------------------------------------------------------------------- */

/* Our log names images in full. */
static void
shorten(json_t *attributes)
{
	const char *name = json_get_str(attributes, "name", "");
	cleanup_free char *shown = docker_familiar(name);

	if (name[0] != '\0' && !image_is_digest(name))
		json_object_set_new(attributes, "name", json_string(shown));
}

json_t *
event_read(const json_t *raw)
{
	const char *type = json_get_str(raw, "type", ""),
		   *action = json_get_str(raw, "action", "");
	json_t *attributes = json_deep_copy(json_object_get(raw, "attributes"));
	bool image = str_eq(type, "image");

	if (attributes == NULL)
		attributes = json_object();
	if (str_eq(type, "command") || (image && str_eq(action, "build")) ||
	    docker_is_ours(json_get_str(attributes, "name", ""))) {
		json_decref(attributes);
		return NULL;
	}
	if (image)
		shorten(attributes);
	return json_pack("{s:s, s:s, s:s, s:I, s:o}", "type", type, "action", action,
	    "id", json_get_str(raw, "id", ""), "time", json_get_int(raw, "time", 0),
	    "attributes", attributes);
}

/* ---- filters ----------------------------------------------------------------------- */

static const char *
attribute(const json_t *event, const char *name)
{
	return json_get_str(json_object_get(event, "attributes"), name, "");
}

static bool
by_type(const json_t *event, const char *value)
{
	return str_eq(json_get_str(event, "type", ""), value);
}

/* "exec_create" is the beginning of "exec_create: sh". */
static bool
by_event(const json_t *event, const char *value)
{
	static const char *const begun[] = {"exec_create", "exec_start", "health_status"};
	const char *action = json_get_str(event, "action", "");

	for (size_t i = 0; i < ARRAY_LEN(begun); i++)
		if (str_eq(value, begun[i]))
			return str_starts(action, value);
	return str_eq(action, value);
}

static bool
by_name(const json_t *event, const char *value)
{
	return str_starts(json_get_str(event, "id", ""), value) ||
	       str_starts(attribute(event, "name"), value);
}

static bool
without_tag(const char *name, const char *value)
{
	const char *colon = strrchr(name, ':');
	size_t n = colon != NULL && strchr(colon, '/') == NULL ? (size_t)(colon - name)
							       : strlen(name);

	return strlen(value) == n && memcmp(name, value, n) == 0;
}

static bool
by_image(const json_t *event, const char *value)
{
	const char *id = json_get_str(event, "id", "");
	const char *name =
	    attribute(event, by_type(event, "container") ? "image" : "name");

	return str_eq(id, value) || str_eq(name, value) || without_tag(id, value) ||
	       without_tag(name, value);
}

static bool
by_label(const json_t *event, const char *value)
{
	size_t n = strcspn(value, "=");
	cleanup_free char *name = xstrndup(value, n);
	const char *has = json_get_str(json_object_get(event, "attributes"), name, NULL);

	return has != NULL && (value[n] == '\0' || str_eq(has, value + n + 1));
}

static bool
by_scope(const json_t *event, const char *value)
{
	(void)event;
	return str_eq(value, "local");
}

static const struct filter {
	const char *name;
	bool (*fits)(const json_t *event, const char *value);
	const char *type; /* events of another type do not fit; NULL: of all */
	bool all;
} filters[] = {
    {"type", by_type, NULL, false},
    {"event", by_event, NULL, false},
    {"container", by_name, NULL, false},
    {"volume", by_name, NULL, false},
    {"network", by_name, NULL, false},
    {"image", by_image, NULL, false},
    {"label", by_label, NULL, true},
    {"scope", by_scope, NULL, false},
};

static bool
passes(const struct filter *f, const struct opts *o, const json_t *event)
{
	bool any = false, one = false, every = true;
	const char *v;

	for (size_t i = 0; (v = opts_next(o, "filter", &i)) != NULL;) {
		const char *value = str_after(v, f->name);

		if (value == NULL || *value != '=')
			continue;
		bool fits = f->fits(event, value + 1);
		any = true;
		one = one || fits;
		every = every && fits;
	}
	return !any || (f->all ? every : one);
}

int
event_wanted(const struct opts *o, const json_t *event, struct err *err)
{
	(void)err;
	for (size_t i = 0; i < ARRAY_LEN(filters); i++)
		if (!passes(&filters[i], o, event))
			return 0;
	return 1;
}

/* ---- printing ---------------------------------------------------------------------- */

/* RFC 3339 in the user's zone, always nine digits. */
static void
add_time(struct buf *out, int64_t ns)
{
	time_t seconds = (time_t)(ns / NS_PER_S);
	char text[64];
	struct tm tm;
	long off;

	localtime_r(&seconds, &tm);
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
	buf_addf(out, "%s.%09lld", text, (long long)(ns % NS_PER_S));
	off = tm.tm_gmtoff / 60;
	if (off == 0)
		buf_addc(out, 'Z');
	else
		buf_addf(out, "%c%02ld:%02ld", off < 0 ? '-' : '+', labs(off) / 60,
		    labs(off) % 60);
}

static json_t *
sorted(const json_t *object)
{
	cleanup_vec struct vec keys = VEC_INIT;
	json_t *ret = json_object(), *value;
	const char *key;

	json_object_foreach((json_t *)object, key, value)
	{
		vec_add(&keys, key);
	}
	vec_sort(&keys);
	for (size_t i = 0; i < keys.len; i++)
		json_object_set(ret, keys.v[i], json_object_get(object, keys.v[i]));
	return ret;
}

void
event_line(struct buf *out, const json_t *event)
{
	cleanup_json json_t *attributes = sorted(json_object_get(event, "attributes"));
	const char *key, *sep = " (";
	json_t *value;

	add_time(out, json_get_int(event, "time", 0));
	buf_addf(out, " %s %s %s", json_get_str(event, "type", ""),
	    json_get_str(event, "action", ""), json_get_str(event, "id", ""));
	json_object_foreach(attributes, key, value)
	{
		buf_addf(out, "%s%s=%s", sep, key, json_string_value(value));
		sep = ", ";
	}
	buf_adds(out, str_eq(sep, ", ") ? ")\n" : "\n");
}

/* Old members stand first, of containers and images only. */
static void
add_old(json_t *j, const json_t *event)
{
	if (!by_type(event, "container") && !by_type(event, "image"))
		return;
	json_object_set(j, "status", json_object_get(event, "action"));
	json_object_set(j, "id", json_object_get(event, "id"));
	if (by_type(event, "container"))
		json_object_set_new(j, "from", json_string(attribute(event, "image")));
}

void
event_json(struct buf *out, const json_t *event)
{
	int64_t ns = json_get_int(event, "time", 0);
	json_t *j = json_object();

	add_old(j, event);
	json_object_set(j, "Type", json_object_get(event, "type"));
	json_object_set(j, "Action", json_object_get(event, "action"));
	json_object_set_new(j, "Actor",
	    json_pack("{s:O, s:o}", "ID", json_object_get(event, "id"), "Attributes",
		sorted(json_object_get(event, "attributes"))));
	json_object_set_new(j, "scope", json_string("local"));
	json_object_set_new(j, "time", json_integer(ns / NS_PER_S));
	json_object_set_new(j, "timeNano", json_integer(ns));
	char *text = json_dumps(j, JSON_COMPACT);
	buf_addf(out, "%s\n", text != NULL ? text : "{}");
	free(text);
	json_decref(j);
}

json_t *
event_object(const json_t *event)
{
	bool old = by_type(event, "container") || by_type(event, "image");
	int64_t ns = json_get_int(event, "time", 0);
	const char *action = json_get_str(event, "action", ""),
		   *id = json_get_str(event, "id", "");

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:{s:s, s:o}, s:s, s:I, s:I}",
	    "Status", old ? action : "", "ID", old ? id : "", "From",
	    by_type(event, "container") ? attribute(event, "image") : "", "Type",
	    json_get_str(event, "type", ""), "Action", action, "Actor", "ID", id,
	    "Attributes", sorted(json_object_get(event, "attributes")), "Scope", "local",
	    "Time", (json_int_t)(ns / NS_PER_S), "TimeNano", (json_int_t)ns);
}
