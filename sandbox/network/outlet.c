/*
 * outlet.c - who carries on what a container sends to the world
 *
 * The program `net` has to run in the host's network, where a monitor cannot return from
 * the holder: so a process stays behind and waits.  It costs nothing more until the
 * container sends its first packet beyond its subnet, which is when the packet socket
 * goes to it and `net` is started.
 */
#include "sandbox/network/network.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TAP = 3, ROUTES_MAX = 1 << 20, REFUSED_AT_ONCE = 64 };
enum { OUTLET_ETHER = 14, OUTLET_IP = 20, OUTLET_QUOTE = 68 };

/* A line of /proc/net/route with destination and mask 0. */
bool
network_leads_out(void)
{
	cleanup_buf struct buf b = BUF_INIT(ROUTES_MAX);
	char *save = NULL;

	if (fd_read_file(AT_FDCWD, "/proc/net/route", &b, NULL) < 0 || b.len == 0)
		return false;
	for (char *line = strtok_r(b.s, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save)) {
		char to[9], mask[9];

		if (sscanf(line, "%*s %8s %*s %*s %*s %*s %*s %8s", to, mask) == 2 &&
		    str_eq(to, "00000000") && str_eq(mask, "00000000"))
			return true;
	}
	return false;
}

/* ---- the process that stays -------------------------------------------------------- */

struct order {
	char subnet[16], bits[4];
};

static _Noreturn void
become_net(int tap, struct order *order)
{
	cleanup_free char *path = proc_program("net", NULL);
	char *argv[] = {(char[]){"net"}, order->subnet, order->bits, NULL};
	char *env[] = {NULL};

	signal(SIGCHLD, SIG_DFL);
	dup2(tap, TAP);
	close_range(TAP + 1, ~0U, 0);
	if (path != NULL)
		execve(path, argv, env);
	_exit(1);
}

static _Noreturn void
stay(int sock)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), fds[8];
	struct order order;
	size_t n;

	for (int i = 0; i < 3; i++)
		dup2(null, i);
	dup2(sock, TAP);
	close_range(TAP + 1, ~0U, 0);
	fcntl(TAP, F_SETFD, FD_CLOEXEC);
	setsid();
	proc_reset_signals();
	signal(SIGCHLD, SIG_IGN);
	prctl(PR_SET_NAME, "drydock-outlet");
	while (fd_recv_fds(TAP, &order, sizeof order, fds, &n) == (ssize_t)sizeof order) {
		if (n == 1 && fork() == 0)
			become_net(fds[0], &order);
		for (size_t i = 0; i < n; i++)
			close(fds[i]);
	}
	_exit(0);
}

int
network_outlet_open(struct err *err)
{
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, "cannot make a socket");
	cleanup_fd int ours = pair[0], theirs = pair[1];
	pid = fork();
	if (pid < 0)
		return err_sys(err, "cannot fork");
	if (pid == 0)
		stay(theirs);
	return take_fd(&ours);
}

/* ---- the monitor's side --------------------------------------------------------------
 */

/* Only IPv4 that leaves the subnet: all else never wakes anybody. */
static int
set_filter(int fd, const struct network_subnet *subnet)
{
	const uint32_t mask = ~0U << (32 - subnet->bits);
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, 7),
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 30),
	    BPF_STMT(BPF_ALU | BPF_AND | BPF_K, mask),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ntohl(subnet->net.s_addr), 4, 0),
	    BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 30),
	    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 224, 2, 0),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 127, 1, 0),
	    BPF_STMT(BPF_RET | BPF_K, 0x40000),
	    BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog filter = {ARRAY_LEN(code), code};

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter);
}

int
network_outlet_tap(const struct network_link *l, struct err *err)
{
	struct sockaddr_ll at = {.sll_family = AF_PACKET,
	    .sll_protocol = htons(ETH_P_ALL),
	    .sll_ifindex = (int)if_nametoindex(l->host_end)};
	int one = 1;
	/* protocol 0: nothing arrives before the filter is there */
	cleanup_fd int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd < 0 || set_filter(fd, &l->subnet) < 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof one) < 0 ||
	    bind(fd, (struct sockaddr *)&at, sizeof at) < 0)
		return err_sys(err, "cannot make the way out");
	return take_fd(&fd);
}

/* ---- where there is no way out -------------------------------------------------------
 */

/* One's complement sum over an even number of bytes, as IP and ICMP have it. */
static void
put_sum(unsigned char *at, const unsigned char *data, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i += 2)
		sum += (uint32_t)data[i] << 8 | data[i + 1];
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	at[0] = (unsigned char)(~sum >> 8);
	at[1] = (unsigned char)~sum;
}

/* RFC 792: destination unreachable, with the header and eight bytes of what was sent. */
static void
refuse(int tap, const unsigned char *f, size_t len, struct in_addr gateway)
{
	unsigned char out[OUTLET_ETHER + OUTLET_IP + 8 + OUTLET_QUOTE] = {0};
	unsigned char *ip = out + OUTLET_ETHER, *icmp = ip + OUTLET_IP;
	size_t quote = len - OUTLET_ETHER;

	if (quote > OUTLET_QUOTE)
		quote = OUTLET_QUOTE;
	quote &= ~(size_t)1;
	memcpy(out, f + 6, 6);
	memcpy(out + 6, f, 6);
	out[12] = 8;
	ip[0] = 0x45;
	ip[3] = (unsigned char)(OUTLET_IP + 8 + quote);
	ip[8] = 64;
	ip[9] = IPPROTO_ICMP;
	memcpy(ip + 12, &gateway.s_addr, 4);
	memcpy(ip + 16, f + OUTLET_ETHER + 12, 4);
	put_sum(ip + 10, ip, OUTLET_IP);
	icmp[0] = 3;
	memcpy(icmp + 8, f + OUTLET_ETHER, quote);
	put_sum(icmp + 2, icmp, 8 + quote);
	(void)send(tap, out, OUTLET_ETHER + OUTLET_IP + 8 + quote, MSG_DONTWAIT);
}

void
network_outlet_refuse(int tap, const struct network_subnet *subnet)
{
	unsigned char f[256] = {0}; /* the rest of a longer frame is of no interest */

	for (int i = 0; i < REFUSED_AT_ONCE; i++) {
		ssize_t n = recv(tap, f, sizeof f, MSG_DONTWAIT);

		if (n < 0)
			return;
		/* no word about a word about an error */
		if (n >= OUTLET_ETHER + OUTLET_IP + 8 && (f[OUTLET_ETHER] >> 4) == 4 &&
		    f[OUTLET_ETHER + 9] != IPPROTO_ICMP)
			refuse(tap, f, (size_t)n, subnet->gateway);
		else if (n >= OUTLET_ETHER + OUTLET_IP + 8 &&
			 f[OUTLET_ETHER + 9] == IPPROTO_ICMP &&
			 f[OUTLET_ETHER + 4 * (f[OUTLET_ETHER] & 15)] == 8)
			refuse(tap, f, (size_t)n, subnet->gateway);
	}
}

int
network_outlet_serve(
    int outlet, int tap, const struct network_subnet *subnet, struct err *err)
{
	cleanup_fd int given = tap;
	struct order order = {.bits = ""};

	str_copy(order.subnet, sizeof order.subnet, inet_ntoa(subnet->net));
	snprintf(order.bits, sizeof order.bits, "%u", subnet->bits & 31);
	if (fd_send_fds(outlet, &order, sizeof order, &given, 1) < 0)
		return err_sys(err, "cannot reach the way out");
	return 0;
}
