/*
 * frame.h - the Ethernet frames of one container; pure (private to this module)
 */
#ifndef DRYDOCK_UPLINK_FRAME_H
#define DRYDOCK_UPLINK_FRAME_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FRAME_HEADER = 14, FRAME_ARP = 42, FRAME_MAX = 65536 + FRAME_HEADER };

/* An IPv4 frame of at least a whole header. */
bool frame_is_ip(const unsigned char *f, size_t len);
struct in_addr frame_source(const unsigned char *f);
struct in_addr frame_target(const unsigned char *f);

/* May a container send there?  Not to this network, nowhere, loopback, link-local,
 * many at once. */
bool frame_target_allowed(struct in_addr target, struct in_addr subnet, unsigned bits);

/* Completes a checksum that the sender has left to hardware: of what begins at `start`,
 * with a place for it `offset` bytes behind.  false: outside the frame. */
bool frame_checksum(unsigned char *f, size_t len, size_t start, size_t offset);

/* "ip is at mac", told to host; FRAME_ARP bytes. */
void frame_arp(
    unsigned char *f, const unsigned char mac[6], struct in_addr ip, struct in_addr host);

#endif
