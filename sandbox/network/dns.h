/*
 * dns.h - messages of RFC 1035, as little of them as a forwarding name server needs
 *
 * Pure: bytes in, bytes out.  Private to the network module.
 */
#ifndef DRYDOCK_NETWORK_DNS_H
#define DRYDOCK_NETWORK_DNS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DNS_A = 1, DNS_PTR = 12, DNS_AAAA = 28, DNS_CLASS_IN = 1 };
enum { DNS_NXDOMAIN = 3, DNS_SERVFAIL = 2, DNS_OK = 0 };
enum { DNS_MESSAGE_MAX = 4096, DNS_NAME_MAX = 256 };

struct dns_question {
	uint16_t id, type, class;
	char name[DNS_NAME_MAX]; /* small letters, without the last dot */
	size_t end;              /* of header and question */
};

/* Reads a query's header and only question; false when it is not one. */
bool dns_parse(const unsigned char *m, size_t len, struct dns_question *ret);
/* The address that a name below in-addr.arpa asks about. */
bool dns_reverse(const char *name, struct in_addr *ret);

/* An answer to the query m (parsed: q) in out (DNS_MESSAGE_MAX bytes): its length. */
size_t dns_answer(const unsigned char *m, const struct dns_question *q, int code,
    const struct in_addr *addresses, size_t count, unsigned char *out);
size_t dns_answer_name(const unsigned char *m, const struct dns_question *q,
    const char *name, unsigned char *out);

#endif
