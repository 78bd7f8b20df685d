/*
 * uplink.c - libslirp between a packet socket and the host's network
 *
 * One guest: its addresses are learned from what it sends.  Frames come as the container
 * made them, big ones in one piece and checksums left to hardware that is not there
 * (PACKET_VNET_HDR says which).  What goes back wears the address that the container
 * takes for its gateway's.
 */
#include "sandbox/uplink/uplink.h"
#include "sandbox/uplink/frame.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <poll.h>
#include <slirp/libslirp.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SOCKET = 3, POLLED_MAX = 4096, BATCH = 64, NOBODY = 65534, MTU = 1500 };

struct timer {
	struct timer *next;
	SlirpTimerCb call;
	void *arg;
	int64_t due; /* ms, -1: off */
};

struct uplink {
	Slirp *slirp;
	struct in_addr subnet, host;
	unsigned bits;
	struct in_addr guest; /* 0: nothing heard yet */
	unsigned char guest_mac[6], gateway_mac[6];
	struct timer *timers;
	struct pollfd polled[POLLED_MAX];
	size_t npolled;
	bool gone; /* the interface is */
};

/* ---- what libslirp calls -------------------------------------------------------------
 */

static ssize_t
send_packet(const void *data, size_t len, void *arg)
{
	struct uplink *u = arg;
	unsigned char f[sizeof(struct virtio_net_hdr) + FRAME_MAX] = {0};
	unsigned char *frame = f + sizeof(struct virtio_net_hdr);

	if (len > FRAME_MAX || len < FRAME_HEADER)
		return (ssize_t)len;
	memcpy(frame, data, len);
	/* its questions about hardware addresses are answered from what was heard */
	if (!frame_is_ip(frame, len))
		return (ssize_t)len;
	memcpy(frame, u->guest_mac, 6);
	memcpy(frame + 6, u->gateway_mac, 6);
	if (send(SOCKET, f, sizeof(struct virtio_net_hdr) + len, MSG_DONTWAIT) < 0)
		log_debug("a frame is lost: %s", strerror(errno));
	return (ssize_t)len;
}

static void
guest_error(const char *message, void *arg)
{
	(void)arg;
	log_debug("uplink: %s", message);
}

static int64_t
clock_ns(void *arg)
{
	(void)arg;
	return clock_mono();
}

static void *
timer_new(SlirpTimerCb call, void *call_arg, void *arg)
{
	struct uplink *u = arg;
	struct timer *t = xcalloc(1, sizeof *t);

	*t = (struct timer){.next = u->timers, .call = call, .arg = call_arg, .due = -1};
	u->timers = t;
	return t;
}

static void
timer_free(void *timer, void *arg)
{
	struct uplink *u = arg;

	for (struct timer **at = &u->timers; *at != NULL; at = &(*at)->next) {
		if (*at != timer)
			continue;
		*at = (*at)->next;
		free(timer);
		return;
	}
}

static void
timer_mod(void *timer, int64_t due, void *arg)
{
	struct timer *t = timer;

	(void)arg;
	t->due = due;
}

static void
no_fd(int fd, void *arg)
{
	(void)fd, (void)arg;
}

static void
no_word(void *arg)
{
	(void)arg;
}

static const SlirpCb callbacks = {
    .send_packet = send_packet,
    .guest_error = guest_error,
    .clock_get_ns = clock_ns,
    .timer_new = timer_new,
    .timer_free = timer_free,
    .timer_mod = timer_mod,
    .register_poll_fd = no_fd,
    .unregister_poll_fd = no_fd,
    .notify = no_word,
};

static const struct {
	int theirs;
	short ours;
} events[] = {{SLIRP_POLL_IN, POLLIN}, {SLIRP_POLL_OUT, POLLOUT},
    {SLIRP_POLL_PRI, POLLPRI}, {SLIRP_POLL_ERR, POLLERR}, {SLIRP_POLL_HUP, POLLHUP}};

static int
add_poll(int fd, int wanted, void *arg)
{
	struct uplink *u = arg;
	struct pollfd *p = &u->polled[u->npolled];

	if (u->npolled == POLLED_MAX)
		return -1;
	*p = (struct pollfd){.fd = fd};
	for (size_t i = 0; i < ARRAY_LEN(events); i++)
		if (wanted & events[i].theirs)
			p->events |= events[i].ours;
	return (int)u->npolled++;
}

static int
get_events(int index, void *arg)
{
	const struct uplink *u = arg;
	int got = 0;

	for (size_t i = 0; index >= 0 && i < ARRAY_LEN(events); i++)
		if (u->polled[index].revents & events[i].ours)
			got |= events[i].theirs;
	return got;
}

/* ---- frames --------------------------------------------------------------------------
 */

/* libslirp sends only to whom it knows. */
static void
learn(struct uplink *u, const unsigned char *frame)
{
	struct in_addr from = frame_source(frame);
	unsigned char arp[FRAME_ARP];

	memcpy(u->gateway_mac, frame, 6);
	if (from.s_addr == u->guest.s_addr && memcmp(u->guest_mac, frame + 6, 6) == 0)
		return;
	u->guest = from;
	memcpy(u->guest_mac, frame + 6, 6);
	frame_arp(arp, u->guest_mac, from, u->host);
	slirp_input(u->slirp, arp, sizeof arp);
}

/* One frame; false: there is none. */
static bool
take_frame(struct uplink *u)
{
	unsigned char f[sizeof(struct virtio_net_hdr) + FRAME_MAX];
	unsigned char *frame = f + sizeof(struct virtio_net_hdr);
	struct virtio_net_hdr head;
	ssize_t n = recv(SOCKET, f, sizeof f, MSG_DONTWAIT);

	if (n < 0) {
		u->gone = errno != EAGAIN && errno != EINTR;
		return false;
	}
	n -= (ssize_t)sizeof head;
	memcpy(&head, f, sizeof head);
	if (n <= 0 || !frame_is_ip(frame, (size_t)n) ||
	    !frame_target_allowed(frame_target(frame), u->subnet, u->bits))
		return true;
	if ((head.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) &&
	    !frame_checksum(frame, (size_t)n, head.csum_start, head.csum_offset))
		return true;
	learn(u, frame);
	slirp_input(u->slirp, frame, (int)n);
	return true;
}

static void
run_timers(struct uplink *u)
{
	int64_t now = clock_mono() / 1000000;

	for (struct timer *t = u->timers; t != NULL; t = t->next) {
		if (t->due < 0 || t->due > now)
			continue;
		t->due = -1;
		t->call(t->arg);
	}
}

static void
serve(struct uplink *u)
{
	while (!u->gone) {
		uint32_t patience = 1000;
		int rc;

		u->npolled = 0;
		add_poll(SOCKET, SLIRP_POLL_IN, u);
		slirp_pollfds_fill(u->slirp, &patience, add_poll, u);
		rc =
		    poll(u->polled, u->npolled, (int)(patience < 1000 ? patience : 1000));
		for (int i = 0; u->polled[0].revents != 0 && i < BATCH; i++)
			if (!take_frame(u))
				break;
		slirp_pollfds_poll(u->slirp, rc < 0, get_events, u);
		run_timers(u);
	}
}

/* ---- from the beginning --------------------------------------------------------------
 */

/* What a container sends is read with no more rights than sockets need. */
static void
give_up_rights(void)
{
	struct rlimit many = {POLLED_MAX, POLLED_MAX};

	setrlimit(RLIMIT_NOFILE, &many);
	if (geteuid() == 0 &&
	    (setgroups(0, NULL) < 0 || setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
		setresuid(NOBODY, NOBODY, NOBODY) < 0))
		_exit(1);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_DUMPABLE, 0);
}

static SlirpConfig
configure(const struct uplink *u)
{
	SlirpConfig c = {.version = 4,
	    .in_enabled = true,
	    .vnetwork = u->subnet,
	    .vhost = u->host,
	    .vnameserver = u->host,
	    .if_mtu = MTU,
	    .if_mru = 65520,
	    .disable_host_loopback = true,
	    .disable_dns = true,
	    .disable_dhcp = true};

	c.vnetmask.s_addr = htonl(~0U << (32 - u->bits));
	c.vdhcp_start = u->host;
	return c;
}

int
uplink_main(int argc, char **argv)
{
	static struct uplink u;
	SlirpConfig config;
	uint64_t bits;
	int one = 1;

	if (argc != 3 || inet_pton(AF_INET, argv[1], &u.subnet) != 1 ||
	    !str_to_u64(argv[2], 30, &bits) || bits < 8)
		return 2;
	u.bits = (unsigned)bits;
	/* the gateway's: what is meant for it does not come here */
	u.host.s_addr = htonl(ntohl(u.subnet.s_addr) | 1);
	if (setsockopt(SOCKET, SOL_PACKET, PACKET_VNET_HDR, &one, sizeof one) < 0)
		return 1;
	give_up_rights();
	config = configure(&u);
	u.slirp = slirp_new(&config, &callbacks, &u);
	if (u.slirp == NULL)
		return 1;
	serve(&u);
	return 0;
}
