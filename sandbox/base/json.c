/*
 * json.c - jansson, with files, cleanup and paths
 */
#include "sandbox/base/json.h"
#include "sandbox/base/fd.h"
#include "sandbox/base/mem.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MAX = 64 << 20, SMALL = 16384 };

void
json_decref_p(json_t **j)
{
	if (*j != NULL)
		json_decref(*j);
	*j = NULL;
}

/* Most are small, and many are read at once (docker ps): one read(2) and no memory.  Of
 * a file on a disk it gives less than was asked for at the end only. */
json_t *
json_read_file(int at, const char *path, struct err *err)
{
	cleanup_buf struct buf b = BUF_INIT(FILE_MAX);
	cleanup_fd int fd = openat(at, path, O_RDONLY | O_CLOEXEC);
	char small[SMALL];
	ssize_t n = fd >= 0 ? read(fd, small, sizeof small) : -1;
	json_error_t why;
	json_t *j;

	if (n < 0)
		return err_sys(err, "cannot open '%s'", path), NULL;
	if (n == (ssize_t)sizeof small) {
		buf_add(&b, small, sizeof small);
		if (fd_slurp(fd, path, &b, err) < 0)
			return NULL;
	}
	j = b.len > 0 ? json_loadb(b.s, b.len, 0, &why)
		      : json_loadb(small, (size_t)n, 0, &why);
	if (j == NULL)
		err_set(err, ERR_CORRUPT, "'%s', line %d: %s", path, why.line, why.text);
	return j;
}

int
json_write_file(int at, const char *path, const json_t *j, mode_t mode, struct err *err)
{
	cleanup_free char *text = json_dumps(j, JSON_COMPACT);

	if (text == NULL)
		return err_set(err, ERR_CORRUPT, "cannot make JSON for '%s'", path);
	return fd_write_file(at, path, text, strlen(text), mode, err);
}

const char *
json_get_str(const json_t *object, const char *key, const char *fallback)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s != NULL ? s : fallback;
}

long long
json_get_int(const json_t *object, const char *key, long long fallback)
{
	json_t *v = json_object_get(object, key);

	return json_is_integer(v) ? json_integer_value(v) : fallback;
}

bool
json_get_bool(const json_t *object, const char *key, bool fallback)
{
	json_t *v = json_object_get(object, key);

	return json_is_boolean(v) ? json_is_true(v) : fallback;
}

void
json_get_vec(const json_t *object, const char *key, struct vec *v)
{
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(object, key), i,
	    item) if (json_is_string(item)) vec_add(v, json_string_value(item));
}

json_t *
json_from_vec(const struct vec *v)
{
	json_t *a = json_array();

	for (size_t i = 0; i < v->len; i++)
		json_array_append_new(a, json_string(v->v[i]));
	return a;
}

char *
json_key(const char *name)
{
	cleanup_json json_t *fits = json_string(name);
	cleanup_buf struct buf b = BUF_INIT(BUF_OURS);

	if (fits != NULL)
		return xstrdup(name);
	buf_adds(&b, "/");
	for (const unsigned char *c = (const unsigned char *)name; *c != '\0'; c++)
		if (*c < 0x80)
			buf_addf(&b, "%c", *c);
		else
			buf_addf(&b, "%c%c", 0xc0 | *c >> 6, 0x80 | (*c & 0x3f));
	return xstrdup(b.s);
}

char *
json_key_name(const char *key)
{
	char *name = xstrdup(key + (*key == '/')), *to = name;

	if (*key != '/')
		return name;
	for (const char *c = name; *c != '\0'; c++)
		if ((unsigned char)*c < 0x80 || c[1] == '\0')
			*to++ = *c;
		else
			*to++ = (char)((unsigned char)c[0] << 6 | (c[1] & 0x3f)), c++;
	*to = '\0';
	return name;
}

/* jansson indents by blanks: one a level, at the start of lines only. */
void
json_add_tabbed(struct buf *out, const json_t *j)
{
	cleanup_free char *text = json_dumps(j, JSON_INDENT(1));
	bool start = true;

	for (const char *p = text; p != NULL && *p != '\0'; p++) {
		buf_addc(out, start && *p == ' ' ? '\t' : *p);
		start = *p == '\n' || (start && *p == ' ');
	}
}
