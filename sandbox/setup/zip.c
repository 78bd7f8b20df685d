/*
 * zip.c - the smallest zip that pip reads, the same bytes everywhere
 *
 * Members are stored: what a deflater makes differs between its versions.
 * Facts: PKWARE's APPNOTE, sections 4.3.7, 4.3.12, 4.3.16.
 */
#include "sandbox/setup/wheel.h"

enum {
	ZIP_VERSION = 20,
	MADE_ON_UNIX = 3 << 8 | ZIP_VERSION,
	DATE_2020_01_01 = (2020 - 1980) << 9 | 1 << 5 | 1,
};
#define FILE_0644 (0100644u << 16)

static uint32_t
crc32_of(const unsigned char *data, size_t len)
{
	static const uint32_t nibble[16] = {0x00000000, 0x1db71064, 0x3b6e20c8,
	    0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c, 0xedb88320,
	    0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278,
	    0xbdbdf21c};
	uint32_t crc = ~0u;

	for (size_t i = 0; i < len; i++) {
		crc ^= data[i];
		crc = crc >> 4 ^ nibble[crc & 15];
		crc = crc >> 4 ^ nibble[crc & 15];
	}
	return ~crc;
}

static void
put16(struct buf *b, unsigned v)
{
	buf_addc(b, (char)(v & 255));
	buf_addc(b, (char)(v >> 8 & 255));
}

static void
put32(struct buf *b, uint32_t v)
{
	put16(b, v & 65535);
	put16(b, v >> 16);
}

/* The fields that a member's header and its directory entry have in common. */
static void
put_common(struct buf *b, uint32_t crc, size_t len, const char *name)
{
	put16(b, ZIP_VERSION);
	put16(b, 0); /* flags */
	put16(b, 0); /* stored */
	put16(b, 0); /* midnight */
	put16(b, DATE_2020_01_01);
	put32(b, crc);
	put32(b, (uint32_t)len);
	put32(b, (uint32_t)len);
	put16(b, (unsigned)strlen(name));
	put16(b, 0); /* extra field */
}

void
zip_add(struct zip *z, const char *name, const void *data, size_t len)
{
	uint32_t crc = crc32_of(data, len), at = (uint32_t)z->out.len;

	buf_add(&z->out, "PK\3\4", 4);
	put_common(&z->out, crc, len, name);
	buf_adds(&z->out, name);
	buf_add(&z->out, data, len);

	buf_add(&z->directory, "PK\1\2", 4);
	put16(&z->directory, MADE_ON_UNIX);
	put_common(&z->directory, crc, len, name);
	put16(&z->directory, 0); /* comment */
	put16(&z->directory, 0); /* disk */
	put16(&z->directory, 0); /* internal attributes */
	put32(&z->directory, FILE_0644);
	put32(&z->directory, at);
	buf_adds(&z->directory, name);
	z->count++;
}

void
zip_finish(struct zip *z)
{
	uint32_t at = (uint32_t)z->out.len;

	buf_add(&z->out, z->directory.s, z->directory.len);
	buf_add(&z->out, "PK\5\6", 4);
	put32(&z->out, 0); /* disks */
	put16(&z->out, z->count);
	put16(&z->out, z->count);
	put32(&z->out, (uint32_t)z->directory.len);
	put32(&z->out, at);
	put16(&z->out, 0); /* comment */
}

void
zip_done(struct zip *z)
{
	buf_done(&z->out);
	buf_done(&z->directory);
}
