/*
 * owner.c - reading and writing of recorded owners
 */
#include "sandbox/store/owner.h"
#include <inttypes.h>
#include <stdlib.h>
#include <sys/xattr.h>

#define OWN "-:-:-:"

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
	const char *type = str_after(s, OWN);
	struct owner o = *ret;

	o.own = type != NULL;
	if (o.own)
		s = type;
	else if (!number(&s, 10, UINT32_MAX - 1, &o.uid) ||
		 !number(&s, 10, UINT32_MAX - 1, &o.gid) ||
		 !number(&s, 8, 07777, &o.mode))
		return false;
	if (strlen(s) >= sizeof o.type)
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
	if (o->own)
		return xasprintf(OWN "%s", o->type);
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

void
owner_set_device(struct owner *o, mode_t type, unsigned major, unsigned minor)
{
	snprintf(o->type, sizeof o->type, "%s-%u-%u", type == S_IFCHR ? "char" : "block",
	    major, minor);
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
