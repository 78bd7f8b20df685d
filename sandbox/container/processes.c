/*
 * processes.c - what runs in a container, by our own reading of /proc
 *
 * Read in the holder, where the container's ids have names and its processes can be
 * looked at; a process belongs to it when its pid namespace and its mounts are those of
 * the first one: with --pid container:X several containers share the one, not the other.
 */
#include "sandbox/container/private.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STAT_MAX = 4096, FIELDS = 24, AFTER_COMM = 3 };

struct look {
	pid_t first;
	int out; /* where the struct container_process go */
};

static bool
slurp(int at, const char *file, struct buf *b)
{
	buf_clear(b);
	return fd_read_file(at, file, b, NULL) == 0;
}

/* The number behind "Name:" of /proc/PID/status or io; 0 when it is missing. */
static unsigned long long
number_of(const struct buf *b, const char *name)
{
	const char *at = strstr(b->s, name);

	return at != NULL ? strtoull(at + strlen(name), NULL, 10) : 0;
}

/* proc_pid_stat(5): the program's name may hold anything, so fields count from its ')'.
 */
static bool
read_stat(const struct buf *b, struct container_process *p)
{
	char *end = strrchr(b->s, ')'), *begin = strchr(b->s, '('), *save = NULL;
	unsigned long long f[FIELDS + 1] = {0};
	char state = '?';

	if (begin == NULL || end == NULL)
		return false;
	snprintf(p->comm, sizeof p->comm, "%.*s", (int)(end - begin - 1), begin + 1);
	char *word = strtok_r(end + 1, " ", &save);
	if (word != NULL)
		state = *word;
	for (int i = AFTER_COMM + 1;
	     i <= FIELDS && (word = strtok_r(NULL, " ", &save)) != NULL; i++)
		f[i] = strtoull(word, NULL, 10);
	p->state = state;
	p->ppid = (pid_t)f[4];
	p->tty = (unsigned)f[7];
	p->ticks = f[14] + f[15];
	p->child_ticks = f[16] + f[17];
	p->threads = (unsigned)f[20];
	p->start = f[22];
	p->vsize = f[23];
	p->rss = f[24] * (unsigned long long)sysconf(_SC_PAGESIZE);
	return true;
}

/* Arguments are separated by NULs; a process without them shows its name in brackets. */
static void
read_command(int dir, struct buf *b, struct container_process *p)
{
	size_t len;

	if (!slurp(dir, "cmdline", b) || b->len == 0) {
		snprintf(p->command, sizeof p->command, "[%s]", p->comm);
		return;
	}
	len = b->len < sizeof p->command ? b->len : sizeof p->command - 1;
	for (size_t i = 0; i < len; i++)
		p->command[i] = b->s[i] == '\0'                   ? ' '
				: iscntrl((unsigned char)b->s[i]) ? '?'
								  : b->s[i];
	while (len > 0 && p->command[len - 1] == ' ')
		len--;
	p->command[len] = '\0';
}

static bool
read_process(int proc, const char *name, struct container_process *p)
{
	cleanup_buf struct buf b = BUF_INIT(1 << 20);
	cleanup_fd int dir = openat(proc, name, O_PATH | O_DIRECTORY | O_CLOEXEC);

	*p = (struct container_process){.pid = (pid_t)atoi(name)};
	if (dir < 0 || !slurp(dir, "stat", &b) || !read_stat(&b, p))
		return false;
	if (slurp(dir, "status", &b)) {
		const char *at = strstr(b.s, "\nUid:");

		/* real, effective, ... */
		if (at != NULL)
			(void)!sscanf(at, " Uid: %*u %u", &p->uid);
		p->anon = number_of(&b, "RssAnon:") * 1024;
	}
	if (slurp(dir, "io", &b)) {
		p->read_bytes = number_of(&b, "\nread_bytes:");
		p->write_bytes = number_of(&b, "\nwrite_bytes:");
	}
	read_command(dir, &b, p);
	return true;
}

/* Pid namespace and mounts, by their inodes. */
static bool
read_spaces(int proc, const char *pid, ino_t ret[2])
{
	static const char *const names[] = {"pid", "mnt"};
	struct stat st;
	char path[64];

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		snprintf(path, sizeof path, "%.20s/ns/%s", pid, names[i]);
		if (fstatat(proc, path, &st, 0) < 0)
			return false;
		ret[i] = st.st_ino;
	}
	return true;
}

static int
look_inside(void *arg, struct err *err)
{
	struct look *l = arg;
	int fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_dir DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	ino_t own[2], its[2];
	struct dirent *e;
	char first[16];

	snprintf(first, sizeof first, "%d", (int)l->first);
	if (d == NULL || !read_spaces(fd, first, own))
		return err_sys(err, "cannot look into the container");
	while ((e = readdir(d)) != NULL) {
		struct container_process p;

		if (!isdigit((unsigned char)e->d_name[0]))
			continue;
		if (!read_spaces(fd, e->d_name, its) ||
		    memcmp(own, its, sizeof own) != 0 || !read_process(fd, e->d_name, &p))
			continue;
		if (fd_write_all(l->out, &p, sizeof p) < 0)
			return err_sys(err, "cannot hand out the processes");
	}
	return 0;
}

static int
by_pid(const void *a, const void *b)
{
	return ((const struct container_process *)a)->pid -
	       ((const struct container_process *)b)->pid;
}

static ssize_t
take_list(int from, struct container_process **ret, struct err *err)
{
	struct stat size;
	ssize_t n;

	if (fstat(from, &size) < 0 || lseek(from, 0, SEEK_SET) < 0)
		return err_sys(err, "cannot read the processes");
	n = size.st_size / (ssize_t)sizeof **ret;
	*ret = xcalloc((size_t)n + 1, sizeof **ret);
	if (n > 0 && fd_read_all(from, *ret, (size_t)n * sizeof **ret) < 0)
		return err_sys(err, "cannot read the processes");
	qsort(*ret, (size_t)n, sizeof **ret, by_pid);
	return n;
}

ssize_t
processes_of(pid_t first, struct container_process **ret, struct err *err)
{
	cleanup_fd int out = memfd_create("processes", MFD_CLOEXEC);
	struct look l = {.first = first, .out = out};

	*ret = NULL;
	if (out < 0 || look_inside(&l, err) < 0)
		return -1;
	return take_list(out, ret, err);
}

ssize_t
container_processes(
    struct session *s, const char *id, struct container_process **ret, struct err *err)
{
	cleanup_container_state struct container_state st = {0};
	cleanup_fd int out = memfd_create("processes", MFD_CLOEXEC);
	struct look l = {.out = out};
	struct holder *h;

	*ret = NULL;
	if (container_state(s, id, &st, err) < 0)
		return -1;
	if (st.status != CONTAINER_RUNNING)
		return err_set(err, ERR_CONFLICT, "container %s is not running", id);
	l.first = st.pid;
	h = store_holder(session_store(s), err);
	if (out < 0 || h == NULL || holder_call(h, 0, look_inside, &l, err) < 0)
		return -1;
	return take_list(out, ret, err);
}

/* ---- network -------------------------------------------------------------------------
 */

struct traffic {
	pid_t first;
	int out;
};

static int
read_traffic(void *arg, struct err *err)
{
	struct traffic *t = arg;
	cleanup_buf struct buf b = BUF_INIT(1 << 16);
	unsigned long long sums[2] = {0, 0};
	char path[64], *save = NULL;

	snprintf(path, sizeof path, "/proc/%d/net/dev", (int)t->first);
	if (fd_read_file(AT_FDCWD, path, &b, err) < 0)
		return -1;
	for (char *line = strtok_r(b.s, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save)) {
		unsigned long long rx, tx;
		char name[32];

		if (sscanf(line, " %31[^:]: %llu %*u %*u %*u %*u %*u %*u %*u %llu", name,
			&rx, &tx) == 3 &&
		    !str_eq(name, "lo")) {
			sums[0] += rx;
			sums[1] += tx;
		}
	}
	return fd_write_all(t->out, sums, sizeof sums) < 0
		   ? err_sys(err, "cannot hand out the traffic")
		   : 0;
}

int
container_traffic(struct session *s, const char *id, unsigned long long *received,
    unsigned long long *sent, struct err *err)
{
	cleanup_container_config struct container_config *c = NULL;
	cleanup_container_state struct container_state st = {0};
	cleanup_fd int out = memfd_create("traffic", MFD_CLOEXEC);
	struct traffic t = {.out = out};
	unsigned long long sums[2] = {0, 0};
	struct holder *h;

	*received = *sent = 0;
	if (container_load(s, id, &c, err) < 0 || container_state(s, id, &st, err) < 0)
		return -1;
	if (st.status != CONTAINER_RUNNING || (c->network && str_eq(c->network, "host")))
		return 0;
	t.first = st.pid;
	h = store_holder(session_store(s), err);
	if (out < 0 || h == NULL || holder_call(h, 0, read_traffic, &t, err) < 0)
		return -1;
	if (lseek(out, 0, SEEK_SET) < 0 || fd_read_all(out, sums, sizeof sums) < 0)
		return err_sys(err, "cannot read the traffic");
	*received = sums[0];
	*sent = sums[1];
	return 0;
}
