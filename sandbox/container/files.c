/*
 * files.c - the files that a container gets of its own: hosts, hostname, resolv.conf
 */
#include "sandbox/container/joints.h"
#include "sandbox/container/room.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { HOSTS, HOSTNAME, RESOLV };

enum { HOSTS_MAX = 1 << 20 };

static bool
is_host_net(const struct launch *l)
{
	return l->config->network != NULL && str_eq(l->config->network, "host");
}

/* The full name and the short one, as Docker has them in one line. */
static char *
own_names(const struct container_config *c)
{
	cleanup_free char *full = c->domainname != NULL && *c->domainname != '\0'
				      ? xasprintf("%s.%s", c->hostname, c->domainname)
				      : xstrdup(c->hostname);
	size_t host = strcspn(full, ".");

	return full[host] == '\0' ? take_ptr(full)
				  : xasprintf("%s %.*s", full, (int)host, full);
}

/* Legacy links: the other container's address under its alias, host name and name. */
static void
add_links(const struct launch *l, struct buf *b)
{
	const struct container_config *c = l->config;

	for (size_t i = 0; i < c->links.len; i++) {
		cleanup_free char *name =
		    xstrndup(c->links.v[i], strcspn(c->links.v[i], ":"));
		const char *alias = strchr(c->links.v[i], ':');
		cleanup_container_config struct container_config *other = NULL;
		cleanup_container_state struct container_state st = {0};
		char id[65];

		alias = alias != NULL ? alias + 1 : name;
		if (container_find(l->session, name, id, NULL) < 0 ||
		    container_load(l->session, id, &other, NULL) < 0 ||
		    container_state(l->session, id, &st, NULL) < 0 || st.naddresses == 0)
			continue;
		buf_addf(b, "%s\t%s %s%s%s\n", st.addresses[0].ip, alias, other->hostname,
		    str_eq(alias, other->name) ? "" : " ",
		    str_eq(alias, other->name) ? "" : other->name);
	}
}

int
files_check_links(const struct launch *l, struct err *err)
{
	const struct container_config *c = l->config;

	for (size_t i = 0; i < c->links.len; i++) {
		cleanup_free char *name =
		    xstrndup(c->links.v[i], strcspn(c->links.v[i], ":"));
		const char *alias = strchr(c->links.v[i], ':');
		cleanup_container_state struct container_state st = {0};
		char id[65];

		if (container_find(l->session, name, id, NULL) < 0 ||
		    container_state(l->session, id, &st, NULL) < 0 ||
		    st.status == CONTAINER_RUNNING)
			continue;
		return err_set(err, ERR_CONFLICT,
		    "Cannot link to a non running container: /%s AS /%s/%s", name,
		    c->name, alias != NULL ? alias + 1 : name);
	}
	return 0;
}

static void
add_extra(const struct launch *l, struct buf *b)
{
	const struct container_config *c = l->config;
	struct joint *outlet = joints_outlet(l);

	for (size_t i = 0; i < c->extra_hosts.len; i++) {
		const char *colon = strchr(c->extra_hosts.v[i], ':');
		const char *ip = colon + 1;

		if (colon == NULL)
			continue;
		if (str_eq(ip, "host-gateway") && outlet == NULL)
			continue;
		if (str_eq(ip, "host-gateway"))
			ip = "172.17.0.1";
		buf_addf(b, "%s\t%.*s\n", ip, (int)(colon - c->extra_hosts.v[i]),
		    c->extra_hosts.v[i]);
	}
}

static void
write_hosts(const struct launch *l, struct buf *b)
{
	cleanup_free char *names = own_names(l->config);

	if (is_host_net(l)) {
		(void)fd_read_file(AT_FDCWD, "/etc/hosts", b, NULL);
		add_extra(l, b);
		return;
	}
	buf_adds(b, "127.0.0.1\tlocalhost\n"
		    "::1\tlocalhost ip6-localhost ip6-loopback\n"
		    "fe00::0\tip6-localnet\n"
		    "ff00::0\tip6-mcastprefix\n"
		    "ff02::1\tip6-allnodes\n"
		    "ff02::2\tip6-allrouters\n");
	add_extra(l, b);
	add_links(l, b);
	for (size_t i = 0; i < l->njoints; i++)
		buf_addf(b, "%s\t%s\n", inet_ntoa(l->joints[i].address.ip), names);
}

static void
write_hostname(const struct launch *l, struct buf *b)
{
	buf_addf(b, "%s\n", l->config->hostname);
}

static const struct {
	const char *name, *target;
	void (*write)(const struct launch *l, struct buf *b);
} files[ROOM_FILES] = {{"hosts", "/etc/hosts", write_hosts},
    {"hostname", "/etc/hostname", write_hostname},
    {"resolv.conf", "/etc/resolv.conf", resolv_write}};

const char *
room_file_target(size_t i)
{
	return files[i].target;
}

/* Of a container whose network this one shares: they are its. */
static int
file_of_other(const struct launch *l, const char *other, size_t i, struct err *err)
{
	cleanup_fd int dir = container_open_dir(l->session, other, err);
	int fd;

	if (dir < 0)
		return -1;
	fd = openat(dir, files[i].name, O_PATH | O_CLOEXEC);
	return fd < 0 ? err_sys(err, "cannot open the other container's files") : fd;
}

int
room_file(struct launch *l, size_t i, struct err *err)
{
	cleanup_buf struct buf b = BUF_INIT(BUF_OURS);
	uid_t owner = idmap_root_uid(store_idmap(session_store(l->session)));
	const char *other = l->config->network != NULL
				? str_after(l->config->network, "container:")
				: NULL;

	if (other != NULL)
		return file_of_other(l, other, i, err);
	cleanup_fd int fd =
	    openat(l->dir, files[i].name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	files[i].write(l, &b);
	/* the container's root may write it */
	if (fd < 0 || (owner != geteuid() && fchown(fd, owner, owner) < 0) ||
	    fd_write_all(fd, b.s, b.len) < 0)
		return err_sys(err, "cannot write the container's %s", files[i].name);
	fd_close_p(&l->files[i]);
	l->files[i] = take_fd(&fd);
	return openat(l->dir, files[i].name, O_PATH | O_CLOEXEC);
}

/* ---- while it runs: in place, for they are mounted -----------------------------------
 */

static void
put(int fd, const struct buf *b)
{
	if (fd < 0 || ftruncate(fd, 0) < 0 || lseek(fd, 0, SEEK_SET) < 0 ||
	    fd_write_all(fd, b->s, b->len) < 0)
		log_debug("a file of the container's own cannot be changed");
}

void
files_resolv_again(const struct launch *l)
{
	cleanup_buf struct buf b = BUF_INIT(BUF_OURS);

	if (l->files[RESOLV] < 0)
		return;
	resolv_write(l, &b);
	put(l->files[RESOLV], &b);
}

void
files_hosts_add(const struct launch *l, struct in_addr ip)
{
	cleanup_free char *names = own_names(l->config);
	cleanup_free char *line = xasprintf("%s\t%s\n", inet_ntoa(ip), names);

	if (l->files[HOSTS] >= 0 &&
	    (lseek(l->files[HOSTS], 0, SEEK_END) < 0 ||
		fd_write_all(l->files[HOSTS], line, strlen(line)) < 0))
		log_debug("/etc/hosts of the container cannot be changed");
}

void
files_hosts_remove(const struct launch *l, struct in_addr ip)
{
	cleanup_buf struct buf old = BUF_INIT(HOSTS_MAX), b = BUF_INIT(BUF_OURS);
	cleanup_free char *start = xasprintf("%s\t", inet_ntoa(ip));
	char *save = NULL;

	if (l->files[HOSTS] < 0 || lseek(l->files[HOSTS], 0, SEEK_SET) < 0 ||
	    fd_slurp(l->files[HOSTS], "hosts", &old, NULL) < 0 || old.len == 0)
		return;
	for (char *line = strtok_r(old.s, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save))
		if (!str_starts(line, start))
			buf_addf(&b, "%s\n", line);
	put(l->files[HOSTS], &b);
}
