/*
 * mount.c - the value of RUN --mount: one line of CSV with key=value fields
 */
#include "sandbox/dockerfile/private.h"

static const char *const keys[] = {"dst", "destination", "env", "from", "gid", "id",
    "mode", "readonly", "readwrite", "required", "ro", "rw", "sharing", "size", "source",
    "src", "target", "type", "uid", NULL};
static const char *const types[] = {"bind", "cache", "secret", "ssh", "tmpfs", NULL};
static const char *const sharings[] = {"shared", "private", "locked", NULL};
/* Keys that may stand alone. */
static const char *const switches[] = {
    "readonly", "readwrite", "required", "ro", "rw", NULL};

static bool
is_one_of(const char *s, const char *const *list)
{
	while (*list != NULL)
		if (str_eq(s, *list++))
			return true;
	return false;
}

/* One CSV field; quotes may enclose it and are doubled inside. */
static const char *
read_field(const char *p, struct buf *field)
{
	bool quoted = *p == '"';

	for (p += quoted; *p != '\0' && (quoted || *p != ','); p++) {
		if (quoted && *p == '"') {
			if (p[1] != '"') {
				quoted = false;
				continue;
			}
			p++;
		}
		buf_addc(field, *p);
	}
	return p;
}

/* A word of a fixed list, unless it holds a variable that nobody knows yet. */
static int
check_choice(
    const char *value, const char *const *list, const char *what, struct err *err)
{
	if (is_one_of(value, list) || strchr(value, '$') != NULL)
		return 0;
	df_err_quoted(err, what, value, "");
	df_suggest(err, value, list);
	return -1;
}

static int
check_field(const char *field, struct err *err)
{
	size_t len = strcspn(field, "=");
	cleanup_free char *key = xstrndup(field, len);
	const char *value = field[len] == '=' ? field + len + 1 : NULL;

	for (char *p = key; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p += 32;
	if (value == NULL && !is_one_of(key, switches))
		return err_set(
		    err, ERR_INPUT, "invalid field '%s' must be a key=value pair", field);
	if (!is_one_of(key, keys)) {
		err_set(err, ERR_INPUT, "unexpected key '%s' in '%s'", key, field);
		df_suggest(err, key, keys);
		return -1;
	}
	if (str_eq(key, "type"))
		return check_choice(value, types, "unsupported mount type ", err);
	if (str_eq(key, "sharing"))
		return check_choice(value, sharings, "unsupported sharing value ", err);
	return 0;
}

/* The first of several names of one key that was given, or NULL. */
static const char *
get(const struct vec *pairs, const char *const *names)
{
	const char *value = NULL;

	for (; *names != NULL && value == NULL; names++)
		value = vec_env_get(pairs, *names);
	return value;
}

/* What the type forbids or demands. */
static int
check_type(const struct vec *pairs, struct err *err)
{
	static const char *const targets[] = {"target", "dst", "destination", NULL};
	static const char *const sources[] = {"source", "src", NULL};
	static const char *const owners[] = {"mode", "uid", "gid", NULL};
	const char *type = vec_env_get(pairs, "type"), *target = get(pairs, targets);
	const char *source = get(pairs, sources);
	bool secret;

	if (type == NULL)
		type = "bind";
	secret = str_eq(type, "secret") || str_eq(type, "ssh");
	for (size_t i = 0; owners[i] != NULL; i++)
		if (vec_env_get(pairs, owners[i]) != NULL && !secret &&
		    !str_eq(type, "cache") && strchr(type, '$') == NULL)
			return err_set(err, ERR_INPUT,
			    "%s not allowed for \"%s\" type mounts", owners[i], type);
	if (secret && vec_env_get(pairs, "from") != NULL)
		return err_set(err, ERR_INPUT, "%s mount should not have a from", type);
	if (secret && source != NULL && vec_env_get(pairs, "id") != NULL)
		return err_set(err, ERR_INPUT, "both source and id can't be set");
	if (str_eq(type, "secret") && source == NULL && target == NULL &&
	    vec_env_get(pairs, "id") == NULL)
		return err_set(err, ERR_INPUT,
		    "invalid secret mount. one of source, target required");
	return 0;
}

int
dockerfile_mount_check(const struct vec *pairs, struct err *err)
{
	for (size_t i = 0; i < pairs->len; i++)
		if (check_field(pairs->v[i], err) < 0)
			return -1;
	return check_type(pairs, err);
}

int
dockerfile_mount(const char *value, struct vec *pairs, struct err *err)
{
	const char *p = value, *from;

	if (*p == '\0')
		return err_set(err, ERR_INPUT, "failed to parse csv mounts: EOF");
	for (;; p++) {
		cleanup_buf struct buf field = BUF_INIT(BUF_OURS);

		p = read_field(p, &field);
		vec_add(pairs, field.s);
		if (*p == '\0')
			break;
	}
	from = vec_env_get(pairs, "from");
	if (from != NULL && strchr(from, '$') != NULL)
		return err_set(err, ERR_INPUT,
		    "'from' doesn't support variable expansion, define alias stage "
		    "instead");
	return 0;
}
