/*
 * files.c - the files that a container gets of its own: hosts, hostname, resolv.conf
 */
#include "sandbox/container/room.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { RESOLV_MAX = 65536 };

static void
write_hosts(const struct launch *l, struct buf *b)
{
	buf_adds(b, "127.0.0.1\tlocalhost\n"
		    "::1\tlocalhost ip6-localhost ip6-loopback\n"
		    "fe00::0\tip6-localnet\n"
		    "ff00::0\tip6-mcastprefix\n"
		    "ff02::1\tip6-allnodes\n"
		    "ff02::2\tip6-allrouters\n");
	if (l->address.lock >= 0)
		buf_addf(b, "%s\t%s\n", inet_ntoa(l->address.ip), l->config->hostname);
}

static void
write_hostname(const struct launch *l, struct buf *b)
{
	buf_addf(b, "%s\n", l->config->hostname);
}

/* The host's, without name servers on its loopback, which are not the container's. */
static void
write_resolv(const struct launch *l, struct buf *b)
{
	cleanup_buf struct buf host = BUF_INIT(RESOLV_MAX);
	char *save = NULL;

	(void)l;
	if (fd_read_file(AT_FDCWD, "/etc/resolv.conf", &host, NULL) < 0)
		return;
	for (char *line = strtok_r(host.s, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save))
		if (*line != '#' && strstr(line, "nameserver 127.") == NULL &&
		    strstr(line, "nameserver ::1") == NULL)
			buf_addf(b, "%s\n", line);
}

static const struct {
	const char *name, *target;
	void (*write)(const struct launch *l, struct buf *b);
} files[ROOM_FILES] = {{"hosts", "/etc/hosts", write_hosts},
    {"hostname", "/etc/hostname", write_hostname},
    {"resolv.conf", "/etc/resolv.conf", write_resolv}};

const char *
room_file_target(size_t i)
{
	return files[i].target;
}

int
room_file(const struct launch *l, size_t i, struct err *err)
{
	cleanup_buf struct buf b = BUF_INIT(BUF_OURS);
	cleanup_fd int fd =
	    openat(l->dir, files[i].name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	files[i].write(l, &b);
	if (fd < 0 || fd_write_all(fd, b.s, b.len) < 0)
		return err_sys(err, "cannot write the container's %s", files[i].name);
	return openat(l->dir, files[i].name, O_PATH | O_CLOEXEC);
}
