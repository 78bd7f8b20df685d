/*
 * frame.c - the Ethernet frames of one container
 */
#include "sandbox/uplink/frame.h"
#include <arpa/inet.h>
#include <string.h>

enum { TYPE = 12, IP = FRAME_HEADER, IP_HEADER = 20, SOURCE = IP + 12, TARGET = IP + 16 };

bool
frame_is_ip(const unsigned char *f, size_t len)
{
	return len >= IP + IP_HEADER && f[TYPE] == 8 && f[TYPE + 1] == 0 &&
	       f[IP] >> 4 == 4;
}

struct in_addr
frame_source(const unsigned char *f)
{
	struct in_addr a;

	memcpy(&a.s_addr, f + SOURCE, 4);
	return a;
}

struct in_addr
frame_target(const unsigned char *f)
{
	struct in_addr a;

	memcpy(&a.s_addr, f + TARGET, 4);
	return a;
}

bool
frame_target_allowed(struct in_addr target, struct in_addr subnet, unsigned bits)
{
	uint32_t ip = ntohl(target.s_addr), mask = bits > 0 ? ~0U << (32 - bits) : 0;
	unsigned first = ip >> 24;

	if (((ip ^ ntohl(subnet.s_addr)) & mask) == 0)
		return false;
	return first != 0 && first != 127 && first < 224 && ip >> 16 != 0xa9fe;
}

bool
frame_checksum(unsigned char *f, size_t len, size_t start, size_t offset)
{
	uint32_t sum = 0;

	if (start + offset + 2 > len || start + offset + 2 < start)
		return false;
	/* the pseudo header's sum stands in its place already */
	for (size_t i = start; i + 1 < len; i += 2)
		sum += (uint32_t)f[i] << 8 | f[i + 1];
	if ((len - start) % 2 == 1)
		sum += (uint32_t)f[len - 1] << 8;
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	sum = ~sum & 0xffff;
	f[start + offset] = (unsigned char)(sum >> 8);
	f[start + offset + 1] = (unsigned char)sum;
	return true;
}

void
frame_arp(
    unsigned char *f, const unsigned char mac[6], struct in_addr ip, struct in_addr host)
{
	static const unsigned char head[] = {8, 6, 0, 1, 8, 0, 6, 4, 0, 2};

	memset(f, 0xff, 6);
	memcpy(f + 6, mac, 6);
	memcpy(f + TYPE, head, sizeof head);
	memcpy(f + 22, mac, 6);
	memcpy(f + 28, &ip.s_addr, 4);
	memset(f + 32, 0xff, 6);
	memcpy(f + 38, &host.s_addr, 4);
}
