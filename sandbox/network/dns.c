/*
 * dns.c - messages of RFC 1035
 */
#include "sandbox/network/dns.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

enum { HEADER = 12, LABEL_MAX = 63, TTL = 600 };
enum { FLAGS_ANSWER = 0x80, FLAG_RECURSION = 0x01, FLAG_AVAILABLE = 0x80, OPCODE = 0x78 };

static uint16_t
get16(const unsigned char *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static void
put16(unsigned char *p, unsigned v)
{
	p[0] = (unsigned char)(v >> 8);
	p[1] = (unsigned char)v;
}

/* Reads labels (a question's are never compressed); the bytes used, 0 when malformed. */
static size_t
read_name(const unsigned char *m, size_t len, char out[DNS_NAME_MAX])
{
	size_t at = 0, n = 0;

	for (;;) {
		size_t label;

		if (at >= len)
			return 0;
		label = m[at++];
		if (label == 0)
			break;
		if (label > LABEL_MAX || at + label > len || n + label + 2 > DNS_NAME_MAX)
			return 0;
		if (n > 0)
			out[n++] = '.';
		for (size_t i = 0; i < label; i++) {
			char c = (char)m[at + i];

			out[n++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
		}
		at += label;
	}
	out[n] = '\0';
	return at;
}

bool
dns_parse(const unsigned char *m, size_t len, struct dns_question *ret)
{
	size_t name;

	if (len < HEADER || (m[2] & (FLAGS_ANSWER | OPCODE)) != 0 || get16(m + 4) != 1)
		return false;
	name = read_name(m + HEADER, len - HEADER, ret->name);
	if (name == 0 || HEADER + name + 4 > len)
		return false;
	ret->id = get16(m);
	ret->type = get16(m + HEADER + name);
	ret->class = get16(m + HEADER + name + 2);
	ret->end = HEADER + name + 4;
	return true;
}

bool
dns_reverse(const char *name, struct in_addr *ret)
{
	unsigned a, b, c, d;
	int end = 0;

	if (sscanf(name, "%3u.%3u.%3u.%3u.in-addr.arpa%n", &a, &b, &c, &d, &end) != 4 ||
	    end == 0 || name[end] != '\0' || a > 255 || b > 255 || c > 255 || d > 255)
		return false;
	ret->s_addr = htonl(d << 24 | c << 16 | b << 8 | a);
	return true;
}

/* Header and question. */
static size_t
begin(const unsigned char *m, const struct dns_question *q, int code, size_t answers,
    unsigned char *out)
{
	memcpy(out, m, q->end);
	out[2] = (unsigned char)(FLAGS_ANSWER | (m[2] & FLAG_RECURSION));
	out[3] = (unsigned char)(FLAG_AVAILABLE | code);
	put16(out + 4, 1);
	put16(out + 6, (unsigned)answers);
	memset(out + 8, 0, 4);
	return q->end;
}

/* A record about the name of the question; its data is to follow. */
static size_t
record(unsigned char *out, unsigned type, size_t data)
{
	put16(out, 0xc000 | HEADER); /* the name stands there */
	put16(out + 2, type);
	put16(out + 4, DNS_CLASS_IN);
	put16(out + 6, 0);
	put16(out + 8, TTL);
	put16(out + 10, (unsigned)data);
	return 12;
}

size_t
dns_answer(const unsigned char *m, const struct dns_question *q, int code,
    const struct in_addr *addresses, size_t count, unsigned char *out)
{
	size_t at = begin(m, q, code, count, out);

	for (size_t i = 0; i < count; i++) {
		at += record(out + at, DNS_A, 4);
		memcpy(out + at, &addresses[i].s_addr, 4);
		at += 4;
	}
	return at;
}

size_t
dns_answer_name(const unsigned char *m, const struct dns_question *q, const char *name,
    unsigned char *out)
{
	size_t at = begin(m, q, DNS_OK, 1, out), data = at + 12, end = data;

	while (*name != '\0') {
		size_t label = strcspn(name, ".");

		if (label > LABEL_MAX)
			label = LABEL_MAX;
		out[end++] = (unsigned char)label;
		memcpy(out + end, name, label);
		end += label;
		name += strcspn(name, ".");
		name += *name == '.';
	}
	out[end++] = 0;
	record(out + at, DNS_PTR, end - data);
	return end;
}
