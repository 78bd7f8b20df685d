/*
 * ports.c - EXPOSE's words: [[ip:]hostport:]port[-end][/proto]
 */
#include "sandbox/dockerfile/private.h"
#include <arpa/inet.h>

/* "80" or "80-90"; false when it is none. */
static bool
read_range(const char *s, uint64_t *ret_first, uint64_t *ret_last)
{
	const char *dash = strchr(s, '-');
	cleanup_free char *first =
	    dash != NULL ? xstrndup(s, (size_t)(dash - s)) : xstrdup(s);

	return str_to_u64(first, 65535, ret_first) &&
	       str_to_u64(dash != NULL ? dash + 1 : s, 65535, ret_last) &&
	       *ret_first <= *ret_last;
}

static bool
is_address(const char *ip)
{
	cleanup_free char *bare = xstrdup(ip);
	unsigned char bytes[16];
	size_t len = strlen(bare);

	if (len > 1 && bare[0] == '[' && bare[len - 1] == ']') {
		bare[len - 1] = '\0';
		return inet_pton(AF_INET6, bare + 1, bytes) == 1;
	}
	return inet_pton(AF_INET, bare, bytes) == 1;
}

/* The part behind the last ':' of s, which is cut there; s itself when none. */
static char *
cut_last(char *s)
{
	char *colon = strrchr(s, ':');

	if (colon == NULL)
		return NULL;
	*colon = '\0';
	return colon + 1;
}

static bool
is_proto(const char *proto)
{
	return strcasecmp(proto, "tcp") == 0 || strcasecmp(proto, "udp") == 0 ||
	       strcasecmp(proto, "sctp") == 0;
}

static void
add_ports(struct vec *ports, uint64_t first, uint64_t last, const char *proto)
{
	char lower[8] = "";

	for (size_t i = 0; proto[i] != '\0' && i + 1 < sizeof lower; i++)
		lower[i] = (char)(proto[i] | 32);
	for (uint64_t port = first; port <= last; port++)
		vec_addf(ports, "%u/%s", (unsigned)port, lower);
}

/* The host's side is checked and then forgotten, as Docker does. */
static int
check_host(const char *port, char *front, uint64_t width, struct err *err)
{
	char *host = cut_last(front);
	const char *ip = host != NULL ? front : "";
	uint64_t first, last;

	if (host == NULL)
		host = front;
	if (*ip != '\0' && !is_address(ip))
		return err_set(err, ERR_INPUT, "Invalid ip address: %s", ip);
	if (*host == '\0')
		return 0;
	if (!read_range(host, &first, &last))
		return err_set(err, ERR_INPUT, "Invalid hostPort: %s", host);
	if (last - first != width && width != 0)
		return err_set(err, ERR_INPUT,
		    "Invalid ranges specified for container and host Ports: %s and %s",
		    port, host);
	return 0;
}

static int
read_port(const char *word, struct vec *ports, struct err *err)
{
	cleanup_free char *copy = xstrdup(word);
	char *port = cut_last(copy), *front = copy, *slash;
	const char *proto = "tcp";
	uint64_t first, last;

	if (port == NULL) {
		port = copy;
		front = NULL;
	}
	slash = strchr(port, '/');
	if (slash != NULL) {
		*slash = '\0';
		if (slash[1] != '\0')
			proto = slash + 1;
	}
	if (*port == '\0')
		return err_set(err, ERR_INPUT, "No port specified: %s<empty>", word);
	if (!read_range(port, &first, &last))
		return err_set(err, ERR_INPUT, "Invalid containerPort: %s", port);
	if (front != NULL && check_host(port, front, last - first, err) < 0)
		return -1;
	if (!is_proto(proto))
		return err_set(err, ERR_INPUT, "Invalid proto: %s", proto);
	add_ports(ports, first, last, proto);
	return 0;
}

int
dockerfile_ports(const struct vec *words, struct vec *ports, struct err *err)
{
	for (size_t i = 0; i < words->len; i++)
		if (read_port(words->v[i], ports, err) < 0)
			return -1;
	vec_sort(ports);
	for (size_t i = ports->len; i-- > 1;)
		if (str_eq(ports->v[i], ports->v[i - 1]))
			vec_remove(ports, i);
	return 0;
}
