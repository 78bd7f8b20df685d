/*
 * tar_write.c - entries to bytes; the rules are in tar.h  [crypto]
 */
#include "sandbox/base/hash.h"
#include "sandbox/store/tar.h"
#include <stdlib.h>
#include <sys/stat.h>

enum { BLOCK = 512, ID_MAX = 07777777, PAX_MAX = 8 << 20 };
#define SIZE_MAX_OCTAL 077777777777LL

struct header {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], sum[8], type;
	char link[100], magic[6], version[2], uname[32], gname[32], major[8], minor[8];
	char prefix[155], pad[12];
};
_Static_assert(sizeof(struct header) == BLOCK, "a tar header is one block");

struct tar_out *
tar_out_new(int fd)
{
	struct tar_out *o = xmalloc(sizeof *o);

	o->fd = fd;
	o->len = 0;
	o->bytes = NULL;
	o->hash = hash_new();
	return o;
}

void
tar_out_free(struct tar_out *o)
{
	if (o == NULL)
		return;
	hash_free(o->hash);
	free(o);
}

static int
flush(struct tar_out *o, struct err *err)
{
	hash_add(o->hash, o->block, o->len);
	if (o->bytes != NULL)
		*o->bytes += o->len;
	if (o->fd >= 0 && fd_write_all(o->fd, o->block, o->len) < 0)
		return err_sys(err, "cannot write the layer");
	o->len = 0;
	return 0;
}

int
tar_put(struct tar_out *o, const void *data, size_t len, struct err *err)
{
	const char *p = data;

	while (len > 0) {
		size_t room = sizeof o->block - o->len, n = len < room ? len : room;

		memcpy(o->block + o->len, p, n);
		o->len += n;
		p += n;
		len -= n;
		if (o->len == sizeof o->block && flush(o, err) < 0)
			return -1;
	}
	return 0;
}

int
tar_put_padding(struct tar_out *o, int64_t size, struct err *err)
{
	static const char zeros[BLOCK];
	size_t over = (size_t)(size % BLOCK);

	return over == 0 ? 0 : tar_put(o, zeros, BLOCK - over, err);
}

int
tar_out_end(struct tar_out *o, char hex[65], struct err *err)
{
	static const char zeros[2 * BLOCK];
	int rc = tar_put(o, zeros, sizeof zeros, err);

	if (rc == 0)
		rc = flush(o, err);
	if (rc == 0)
		hash_hex(take_ptr(o->hash), hex);
	tar_out_free(o);
	return rc;
}

void
tar_pax_record(struct buf *b, const char *key, const void *value, size_t len)
{
	size_t bare = strlen(key) + len + 3, total = bare + 1; /* ' ' '=' '\n' */

	/* the length counts its own digits */
	for (;;) {
		char digits[24];
		size_t n = (size_t)snprintf(digits, sizeof digits, "%zu", total);

		if (bare + n == total)
			break;
		total = bare + n;
	}
	buf_addf(b, "%zu %s=", total, key);
	buf_add(b, value, len);
	buf_addc(b, '\n');
}

static void
pax_number(struct buf *b, const char *key, long long value)
{
	char text[24];
	int n = snprintf(text, sizeof text, "%lld", value);

	tar_pax_record(b, key, text, (size_t)n);
}

/* Well-formed UTF-8 without surrogates or overlong forms? */
static bool
is_utf8(const char *s)
{
	const unsigned char *p = (const unsigned char *)s;

	while (*p != 0) {
		unsigned low = 0x80, high = 0xbf;
		int more;

		if (*p < 0x80)
			more = 0;
		else if (*p >= 0xc2 && *p <= 0xdf)
			more = 1;
		else if (*p >= 0xe0 && *p <= 0xef)
			more = 2;
		else if (*p >= 0xf0 && *p <= 0xf4)
			more = 3;
		else
			return false;
		low = *p == 0xe0 ? 0xa0 : *p == 0xf0 ? 0x90 : low;
		high = *p == 0xed ? 0x9f : *p == 0xf4 ? 0x8f : high;
		for (p++; more > 0; more--, p++, low = 0x80, high = 0xbf)
			if (*p < low || *p > high)
				return false;
	}
	return true;
}

static void
pax_records(const struct tar_entry *e, struct buf *b)
{
	bool long_link = e->link != NULL && strlen(e->link) > 100;
	bool long_path = strlen(e->path) > 100;

	if (e->xattrs != NULL)
		buf_add(b, e->xattrs->s, e->xattrs->len);
	if (e->gid > ID_MAX)
		pax_number(b, "gid", e->gid);
	if ((long_link && !is_utf8(e->link)) || (long_path && !is_utf8(e->path)))
		tar_pax_record(b, "hdrcharset", "BINARY", 6);
	if (long_link)
		tar_pax_record(b, "linkpath", e->link, strlen(e->link));
	if (long_path)
		tar_pax_record(b, "path", e->path, strlen(e->path));
	if (e->size > SIZE_MAX_OCTAL)
		pax_number(b, "size", e->size);
	if (e->uid > ID_MAX)
		pax_number(b, "uid", e->uid);
}

/* size - 1 octal digits and a NUL; what does not fit is 0 and stands in a pax record. */
static void
octal(char *field, size_t size, uint64_t value)
{
	size_t i = size - 1;

	if (size < 23 && value >> (3 * (size - 1)) != 0)
		value = 0;
	field[i] = '\0';
	while (i-- > 0) {
		field[i] = (char)('0' + (value & 7));
		value >>= 3;
	}
}

static void
copy_name(char *field, size_t size, const char *s)
{
	size_t len = strlen(s);

	memcpy(field, s, len < size ? len : size);
}

static int
put_header(struct tar_out *o, const struct tar_entry *e, struct err *err)
{
	struct header h = {.magic = "ustar", .version = {'0', '0'}, .type = e->type};
	const unsigned char *p = (const unsigned char *)&h;
	unsigned sum = 0;

	copy_name(h.name, sizeof h.name, e->path);
	octal(h.mode, sizeof h.mode, e->mode & 07777);
	octal(h.uid, sizeof h.uid, e->uid);
	octal(h.gid, sizeof h.gid, e->gid);
	octal(h.size, sizeof h.size, (uint64_t)e->size);
	octal(h.mtime, sizeof h.mtime, e->mtime > 0 ? (uint64_t)e->mtime : 0);
	if (e->link != NULL)
		copy_name(h.link, sizeof h.link, e->link);
	octal(h.major, sizeof h.major, e->major);
	octal(h.minor, sizeof h.minor, e->minor);
	memset(h.sum, ' ', sizeof h.sum);
	for (size_t i = 0; i < sizeof h; i++)
		sum += p[i];
	octal(h.sum, 7, sum); /* six digits, NUL, and the space stays */
	return tar_put(o, &h, sizeof h, err);
}

int
tar_put_entry(struct tar_out *o, const struct tar_entry *e, struct err *err)
{
	cleanup_buf struct buf pax = BUF_INIT(PAX_MAX);
	struct tar_entry x = {.path = "././@PaxHeader", .type = 'x'};

	pax_records(e, &pax);
	if (pax.failed)
		return err_set(
		    err, ERR_LIMIT, "the attributes of '%s' are too big", e->path);
	if (pax.len > 0) {
		x.size = (int64_t)pax.len;
		if (put_header(o, &x, err) < 0 || tar_put(o, pax.s, pax.len, err) < 0 ||
		    tar_put_padding(o, x.size, err) < 0)
			return -1;
	}
	return put_header(o, e, err);
}
