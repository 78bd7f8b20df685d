/*
 * owner.c - reading and writing of recorded owners
 */
#include "sandbox/store/owner.h"
#include <inttypes.h>
#include <stdlib.h>
#include <sys/xattr.h>

bool
owner_keeps_xattr(const char *name)
{
	if (str_eq(name, "security.capability"))
		return true;
	return str_starts(name, "user.") && !str_starts(name, "user.overlay.") &&
	       !str_eq(name, OWNER_XATTR);
}

static bool
number(const char **s, int base, uint64_t max, uint32_t *ret)
{
	char *end;
	unsigned long long n;

	if (**s < '0' || **s > '9')
		return false;
	n = strtoull(*s, &end, base);
	if (*end != ':' || n > max)
		return false;
	*s = end + 1;
	*ret = (uint32_t)n;
	return true;
}

static bool
parse(const char *s, struct owner *ret)
{
	struct owner o;

	if (!number(&s, 10, UINT32_MAX - 1, &o.uid) ||
	    !number(&s, 10, UINT32_MAX - 1, &o.gid) || !number(&s, 8, 07777, &o.mode) ||
	    strlen(s) >= sizeof o.type)
		return false;
	str_copy(o.type, sizeof o.type, s);
	*ret = o;
	return true;
}

void
owner_read(int fd, struct owner *o)
{
	char text[128];
	ssize_t n = fgetxattr(fd, OWNER_XATTR, text, sizeof text - 1);

	if (n <= 0)
		return;
	text[n] = '\0';
	parse(text, o);
}

static char *
print(const struct owner *o)
{
	return xasprintf(
	    "%" PRIu32 ":%" PRIu32 ":0%" PRIo32 ":%s", o->uid, o->gid, o->mode, o->type);
}

int
owner_write(int fd, const struct owner *o)
{
	cleanup_free char *text = print(o);

	return fsetxattr(fd, OWNER_XATTR, text, strlen(text), 0);
}

bool
owner_find(const json_t *side, const char *path, struct owner *o)
{
	cleanup_free char *key = side != NULL ? json_key(path) : NULL;
	const char *text = side != NULL ? json_get_str(side, key, NULL) : NULL;

	return text != NULL && parse(text, o);
}

void
owner_record(json_t *side, const char *path, const struct owner *o)
{
	cleanup_free char *text = print(o), *key = json_key(path);

	json_object_set_new(side, key, json_string_nocheck(text));
}

bool
owner_device(
    const struct owner *o, char *type, uint32_t *major, uint32_t *minor, int64_t *mtime)
{
	char kind[8];

	if (sscanf(o->type, "%7[a-z]-%" SCNu32 "-%" SCNu32 ":%" SCNd64, kind, major,
		minor, mtime) != 4)
		return false;
	*type = str_eq(kind, "char") ? '3' : '4';
	return str_eq(kind, "char") || str_eq(kind, "block");
}

bool
owner_stands_for(const struct owner *o, char *type, uint32_t *major, uint32_t *minor)
{
	char kind[8];
	int end = 0;

	if (sscanf(o->type, "%7[a-z]-%" SCNu32 "-%" SCNu32 "%n", kind, major, minor,
		&end) != 3 ||
	    o->type[end] != '\0')
		return false;
	*type = str_eq(kind, "char") ? '3' : '4';
	return str_eq(kind, "char") || str_eq(kind, "block");
}

void
owner_list_devices(const json_t *side, const char *folder, struct vec *names)
{
	const char *key;
	json_t *value;
	size_t len = strlen(folder);

	json_object_foreach((json_t *)side, key, value)
	{
		cleanup_free char *path = json_key_name(key);
		const char *name = path + (len > 0 ? len + 1 : 0);
		struct owner o;
		int64_t mtime;
		uint32_t major, minor;
		char type;

		if (len > 0 && (strncmp(path, folder, len) != 0 || path[len] != '/'))
			continue;
		if (path_is_name(name) && owner_find(side, path, &o) &&
		    owner_device(&o, &type, &major, &minor, &mtime))
			vec_add(names, name);
	}
}
