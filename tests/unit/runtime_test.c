/*
 * runtime_test.c - plans, users of an image, the rules of ids, the filters, the holder
 *
 * What needs a namespace is skipped where the machine allows none.
 */
#include "sandbox/runtime/holder.h"
#include "sandbox/runtime/ids.h"
#include "sandbox/runtime/plan.h"
#include "sandbox/runtime/profile.h"
#include "tests/unit/test.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp_filter.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__x86_64__)
#define AUDIT_ARCH_NATIVE AUDIT_ARCH_X86_64
#else
#define AUDIT_ARCH_NATIVE AUDIT_ARCH_AARCH64
#endif

/* ---- plan ---------------------------------------------------------------------------
 */

static void
plan_is_told(void)
{
	const char *argv[] = {"sh", NULL}, *env[] = {NULL};
	const struct runtime_mount m = {.kind = MOUNT_TMPFS, .target = "/scratch"};
	const struct runtime_spec spec = {.argv = argv,
	    .env = env,
	    .user = "app",
	    .hostname = "box",
	    .mounts = &m,
	    .nmounts = 1,
	    .tty = true,
	    .readonly_root = true};
	cleanup_buf struct buf text = BUF_INIT(BUF_OURS);
	static const char *const order[] = {"overlay", "/proc", "/sys", "/dev",
	    "/dev/console", "/scratch", "proc/kcore", "proc/sys", "pivot_root", "box",
	    "app", "chdir", "forbid writing to the root", "seccomp", "capabilities",
	    "exec"};
	const char *at;

	runtime_explain(&spec, &text);
	at = text.s;
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		at = strstr(at, order[i]);
		CHECK(at != NULL);
	}
	CHECK(strncmp(text.s, " 1  overlay      /", 18) == 0);
}

static void
plan_has_a_limit(void)
{
	static const struct runtime_mount mounts[PLAN_MAX];
	const char *argv[] = {"sh", NULL};
	const struct runtime_spec spec = {
	    .argv = argv, .mounts = mounts, .nmounts = PLAN_MAX};
	struct err err = ERR_INIT;
	struct plan p;

	CHECK_INT(plan_make(&p, NULL, &spec, &err), -1);
	CHECK_INT(err.kind, ERR_LIMIT);
}

/* ---- users ---------------------------------------------------------------------------
 */

static const char passwd[] = "root:x:0:0:root:/root:/bin/sh\n"
			     "broken line\n"
			     "app:x:1500:1600::/home/app:/bin/sh\n"
			     "1234:x:77:78::/odd:/bin/sh\n";
static const char group[] = "root:x:0:\nteam:x:1600:\nmail:x:8:app,root\nempty:x:9:\n";

static void
put(int at, const char *path, const char *text)
{
	CHECK_INT(fd_write_file(at, path, text, strlen(text), 0644, NULL), 0);
}

static int
make_root(char dir[32])
{
	int root;

	strcpy(dir, "/tmp/runtime-test-XXXXXX");
	CHECK(mkdtemp(dir) != NULL);
	root = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK_INT(mkdirat(root, "etc", 0755), 0);
	return root;
}

static void
drop_root(int root, const char *dir)
{
	close(root);
	fd_remove_tree(AT_FDCWD, dir);
}

static void
users_are_found(void)
{
	static const struct {
		const char *user;
		unsigned uid, gid, further;
		const char *home;
	} rows[] = {{"", 0, 0, 8, "/root"}, {"app", 1500, 1600, 8, "/home/app"},
	    {"1500", 1500, 1600, 8, "/home/app"}, {"app:mail", 1500, 8, 0, "/home/app"},
	    {"4321", 4321, 0, 0, "/"}, {"4321:99", 4321, 99, 0, "/"},
	    {"1234", 77, 78, 0, "/odd"}, {":team", 0, 1600, 0, "/root"}};
	char dir[32];
	int root = make_root(dir);

	put(root, "etc/passwd", passwd);
	put(root, "etc/group", group);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		static const struct runtime_spec none;
		struct plan p = {.spec = &none};

		CHECK_INT(user_find(&p, root, rows[i].user, NULL), 0);
		CHECK_INT(p.uid, rows[i].uid);
		CHECK_INT(p.gid, rows[i].gid);
		CHECK_STR(p.home, rows[i].home);
		CHECK_INT(p.ngroups, rows[i].further != 0 ? 2 : 1);
		CHECK_INT(p.groups[0], rows[i].gid);
		if (rows[i].further != 0)
			CHECK_INT(p.groups[1], rows[i].further);
	}
	drop_root(root, dir);
}

static void
users_are_missed(void)
{
	struct err err = ERR_INIT;
	struct plan p = {.spec = &(struct runtime_spec){.user = NULL}};
	char dir[32];
	int root = make_root(dir);

	CHECK_INT(user_find(&p, root, "app", &err), -1);
	CHECK_INT(err.kind, ERR_NOT_FOUND);
	CHECK_STR(
	    err.text, "unable to find user app: no matching entries in passwd file");
	CHECK_INT(user_find(&p, root, "0:staff", &err), -1);
	CHECK_STR(
	    err.text, "unable to find group staff: no matching entries in group file");
	drop_root(root, dir);
}

/* An image's passwd is data: a link out of it finds nothing there. */
static void
passwd_stays_inside(void)
{
	struct plan p = {.spec = &(struct runtime_spec){.user = NULL}};
	char dir[32], outside[32];
	int root = make_root(dir), other = make_root(outside);
	cleanup_free char *target = xasprintf("../../%s/etc/passwd", path_base(outside));

	put(other, "etc/passwd", passwd);
	CHECK_INT(symlinkat(target, root, "etc/passwd"), 0);
	CHECK_INT(user_find(&p, root, "app", NULL), -1);
	drop_root(other, outside);
	drop_root(root, dir);
}

/* ---- ids -----------------------------------------------------------------------------
 */

static struct ids
somebody(uint32_t real, uint32_t effective, uint32_t saved)
{
	struct ids i = {.user = {real, effective, saved, effective},
	    .group = {real, effective, saved, effective}};

	return i;
}

/* The kernel's own answers (setuid(2), setreuid(2), setresuid(2)), id by id. */
static void
ids_change_as_in_the_kernel(void)
{
	enum { KEEP = -1 };
	static const struct {
		int nr;
		uint32_t before[3];
		int64_t args[3];
		int64_t rc;
		uint32_t after[3];
	} rows[] = {
	    {SYS_setuid, {0, 0, 0}, {5}, 0, {5, 5, 5}},
	    {SYS_setuid, {5, 5, 5}, {0}, -EPERM, {5, 5, 5}},
	    {SYS_setuid, {5, 6, 7}, {7}, 0, {5, 7, 7}},
	    {SYS_setuid, {5, 6, 7}, {6}, -EPERM, {5, 6, 7}},
	    {SYS_setuid, {0, 0, 0}, {KEEP}, -EINVAL, {0, 0, 0}},
	    {SYS_setreuid, {5, 0, 0}, {6, 6}, 0, {6, 6, 6}},
	    {SYS_setreuid, {5, 6, 7}, {6, 5}, 0, {6, 5, 5}},
	    {SYS_setreuid, {5, 6, 7}, {7, KEEP}, -EPERM, {5, 6, 7}},
	    {SYS_setreuid, {5, 6, 7}, {KEEP, 7}, 0, {5, 7, 7}},
	    {SYS_setreuid, {5, 6, 7}, {KEEP, 5}, 0, {5, 5, 7}},
	    {SYS_setresuid, {0, 0, 0}, {5, 5, 5}, 0, {5, 5, 5}},
	    {SYS_setresuid, {5, 6, 7}, {7, 5, 6}, 0, {7, 5, 6}},
	    {SYS_setresuid, {5, 6, 7}, {KEEP, 7, KEEP}, 0, {5, 7, 7}},
	    {SYS_setresuid, {5, 5, 5}, {KEEP, 0, KEEP}, -EPERM, {5, 5, 5}},
	    {SYS_setfsuid, {5, 5, 5}, {0}, 5, {5, 5, 5}},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct ids ids =
		    somebody(rows[i].before[0], rows[i].before[1], rows[i].before[2]);
		uint64_t args[3] = {(uint64_t)rows[i].args[0], (uint64_t)rows[i].args[1],
		    (uint64_t)rows[i].args[2]};

		CHECK(ids_is_change(rows[i].nr));
		CHECK_INT(ids_change(&ids, rows[i].nr, args), rows[i].rc);
		CHECK(memcmp(ids.user, rows[i].after, sizeof rows[i].after) == 0);
		CHECK_INT(ids.user[IDS_FS], rows[i].after[1]);
		CHECK_INT(ids.group[IDS_REAL], rows[i].before[0]);
	}
	CHECK(!ids_is_change(SYS_getuid));
}

static void
ids_follow_fork(void)
{
	struct ids root = {0}, app = somebody(5, 5, 5);
	struct ids_table t;
	int to[2], status;
	pid_t pid;

	ids_init(&t, &root);
	CHECK_INT(ids_get(&t, getpid())->user[0], 0);
	CHECK_INT(pipe(to), 0);
	pid = fork();
	if (pid == 0) {
		pid_t child;
		char byte;

		close(to[1]);
		if (read(to[0], &byte, 1) != 1)
			_exit(1);
		child = fork();
		if (child == 0) {
			t.len = 2; /* the parent's table is its own copy */
			t.v[1] = app;
			_exit(ids_get(&t, getpid())->user[0] == 5 ? 0 : 1);
		}
		_exit(proc_wait(child));
	}
	CHECK_INT(ids_set(&t, pid, &app), 0);
	CHECK_INT(ids_set(&t, pid, &app), 0);
	CHECK_INT(t.len, 2);
	CHECK_INT(ids_get(&t, pid)->user[IDS_EFFECTIVE], 5);
	CHECK_INT(ids_get(&t, getpid())->user[IDS_EFFECTIVE], 0);
	CHECK_INT(write(to[1], "x", 1), 1);
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK_INT(status, 0);
	CHECK_INT(ids_get(&t, pid)->user[IDS_EFFECTIVE], 0); /* gone */
	close(to[0]);
	close(to[1]);
	ids_done(&t);
}

static void
ids_are_bounded(void)
{
	struct ids root = {0};
	struct ids_table t;
	pid_t pid = fork();

	if (pid == 0) {
		ids_init(&t, &root);
		for (uint32_t i = 1; i < IDS_MAX; i++) {
			struct ids x = somebody(i, i, i);

			if (ids_set(&t, getpid(), &x) < 0)
				_exit(1);
		}
		struct ids more = somebody(IDS_MAX, 1, 1);
		_exit(ids_set(&t, getpid(), &more) == -1 && errno == EAGAIN ? 0 : 2);
	}
	CHECK_INT(proc_wait(pid), 0);
}

/* ---- the filters: run as the kernel would --------------------------------------------
 */

static unsigned
decide(const struct sock_filter *f, size_t len, const struct seccomp_data *d)
{
	unsigned a = 0;

	for (size_t at = 0; at < len; at++) {
		const struct sock_filter *i = &f[at];

		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			memcpy(&a, (const char *)d + i->k, sizeof a);
			break;
		case BPF_ALU | BPF_AND | BPF_K: a &= i->k; break;
		case BPF_JMP | BPF_JA: at += i->k; break;
		case BPF_JMP | BPF_JEQ | BPF_K: at += a == i->k ? i->jt : i->jf; break;
		case BPF_JMP | BPF_JGT | BPF_K: at += a > i->k ? i->jt : i->jf; break;
		case BPF_JMP | BPF_JGE | BPF_K: at += a >= i->k ? i->jt : i->jf; break;
		case BPF_JMP | BPF_JSET | BPF_K: at += a & i->k ? i->jt : i->jf; break;
		case BPF_RET | BPF_K: return i->k;
		default: return 1;
		}
	}
	return 2;
}

enum { A = (int)SECCOMP_RET_ALLOW, N = SECCOMP_RET_USER_NOTIF };
enum { P = SECCOMP_RET_ERRNO | EPERM, S = SECCOMP_RET_ERRNO | ENOSYS };

static void
filters_decide(void)
{
	static const struct {
		int nr;
		uint64_t args[4];
		unsigned range, one, held;
	} rows[] = {
	    {SYS_read, {0}, A, A, A},
	    {SYS_chown, {0}, A, N, N},
	    {SYS_getuid, {0}, A, N, N},
	    {SYS_newfstatat, {0}, A, N, N},
	    {SYS_openat, {0, 0, O_RDONLY | O_CLOEXEC}, A, A, N},
	    {SYS_openat, {0, 0, O_RDONLY | O_DIRECTORY}, A, A, N},
	    {SYS_openat, {0, 0, O_WRONLY}, A, N, N},
	    {SYS_openat, {0, 0, O_RDWR}, A, N, N},
	    {SYS_openat, {0, 0, O_RDONLY | O_CREAT}, A, N, N},
	    {SYS_openat, {0, 0, O_RDONLY | O_TRUNC}, A, N, N},
	    {SYS_openat2, {0}, A, S, S},
	    {SYS_execve, {0}, A, A, A},
	    {SYS_mount, {0}, P, P, P},
	    {SYS_unshare, {0}, P, P, P},
	    {SYS_clone3, {0}, S, S, S},
	    {SYS_clone, {SIGCHLD}, A, A, A},
	    {SYS_clone, {0x10000000 | SIGCHLD}, P, P, P}, /* CLONE_NEWUSER */
	    {SYS_socket, {AF_INET}, A, A, A},
	    {SYS_socket, {AF_ALG}, P, P, P},
	    {SYS_socket, {AF_VSOCK}, P, P, P},
	    {SYS_personality, {0x20008}, A, A, A},
	    {SYS_personality, {0x40000}, P, P, P},
	    {SYS_prlimit64, {0, RLIMIT_NOFILE}, A, A, A},
	    {SYS_prlimit64, {0, RLIMIT_LOCKS}, A, N, N},
	    {SYS_setrlimit, {RLIMIT_LOCKS}, A, SECCOMP_RET_ERRNO, SECCOMP_RET_ERRNO},
	    {SYS_bpf, {0}, P, P, P},
	    {599, {0}, S, S, S},
	    {100000, {0}, S, S, S},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct seccomp_data d = {.nr = rows[i].nr, .arch = AUDIT_ARCH_NATIVE};

		memcpy(d.args, rows[i].args, sizeof rows[i].args);
		CHECK_INT(
		    decide(seccomp_range, ARRAY_LEN(seccomp_range), &d), rows[i].range);
		CHECK_INT(decide(seccomp_one, ARRAY_LEN(seccomp_one), &d), rows[i].one);
		CHECK_INT(
		    decide(seccomp_held, ARRAY_LEN(seccomp_held), &d), rows[i].held);
		d.arch ^= 0x40000000; /* another ABI: nothing */
		CHECK_INT(decide(seccomp_range, ARRAY_LEN(seccomp_range), &d), S);
	}
}

/* ---- profiles ---------------------------------------------------------------------- */

static unsigned
decide_by(const char *text, uint64_t caps, int nr, uint64_t arg)
{
	static struct profile p;
	static struct sock_filter code[FILTER_CODE];
	struct seccomp_data d = {.nr = nr, .arch = AUDIT_ARCH_NATIVE, .args = {0, arg}};
	struct err err = ERR_INIT;

	memset(&p, 0, sizeof p);
	memcpy(p.table, seccomp_base, sizeof p.table);
	if (profile_read(&p, text, seccomp_names, ARRAY_LEN(seccomp_names), caps, &err) <
	    0)
		return 0xdead;
	int len = filter_compile(p.table, p.rules, code);
	return len < 0 ? 0xdead : decide(code, (size_t)len, &d);
}

/* A call's second argument against each operator, on both halves of 64 bits. */
static void
profiles_compare(void)
{
	static const uint64_t big = 0x100000005;
	static const struct {
		const char *op;
		bool below, equal, above, other_high;
	} rows[] = {{"NE", 1, 0, 1, 1}, {"LT", 1, 0, 0, 1}, {"LE", 1, 1, 0, 1},
	    {"EQ", 0, 1, 0, 0}, {"GE", 0, 1, 1, 0}, {"GT", 0, 0, 1, 0}};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		cleanup_free char *text = xasprintf(
		    "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":["
		    "\"ioctl\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":1,"
		    "\"value\":%llu,\"op\":\"SCMP_CMP_%s\"}]}]}",
		    (unsigned long long)big, rows[i].op);

		CHECK_INT(decide_by(text, 0, SYS_ioctl, big - 1), rows[i].below ? A : P);
		CHECK_INT(decide_by(text, 0, SYS_ioctl, big), rows[i].equal ? A : P);
		CHECK_INT(decide_by(text, 0, SYS_ioctl, big + 1), rows[i].above ? A : P);
		CHECK_INT(decide_by(text, 0, SYS_ioctl, 5), rows[i].other_high ? A : P);
		CHECK_INT(decide_by(text, 0, SYS_read, big), P);
	}
}

static void
profiles_are_read(void)
{
	static const char masked[] =
	    "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"name\":\"ioctl\","
	    "\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":22,\"args\":[{\"index\":1,"
	    "\"value\":12,\"valueTwo\":8,\"op\":\"SCMP_CMP_MASKED_EQ\"}]}]}";
	static const char caps[] =
	    "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"mount\"],"
	    "\"action\":\"SCMP_ACT_ALLOW\",\"includes\":{\"caps\":[\"CAP_SYS_ADMIN\"]}},"
	    "{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\",\"excludes\":{"
	    "\"caps\":[\"CAP_SYS_ADMIN\"]}},{\"names\":[\"write\"],\"action\":"
	    "\"SCMP_ACT_ALLOW\",\"includes\":{\"arches\":[\"s390\"]}},{\"names\":["
	    "\"lseek\"],\"action\":\"SCMP_ACT_ALLOW\",\"includes\":{\"minKernel\":"
	    "\"4.8\"}}]}";
	const uint64_t admin = 1u << 21;

	CHECK_INT(decide_by(masked, 0, SYS_ioctl, 0x8), SECCOMP_RET_ERRNO | EINVAL);
	CHECK_INT(decide_by(masked, 0, SYS_ioctl, 0x1b), SECCOMP_RET_ERRNO | EINVAL);
	CHECK_INT(decide_by(masked, 0, SYS_ioctl, 0xc), A);
	CHECK_INT(decide_by(caps, 0, SYS_mount, 0), P);
	CHECK_INT(decide_by(caps, admin, SYS_mount, 0), A);
	CHECK_INT(decide_by(caps, 0, SYS_read, 0), A);
	CHECK_INT(decide_by(caps, admin, SYS_read, 0), P);
	CHECK_INT(decide_by(caps, 0, SYS_write, 0), P);
	CHECK_INT(decide_by(caps, 0, SYS_lseek, 0), A);
	CHECK_INT(decide_by(caps, 0, 500, 0), S); /* younger than the profile */
	CHECK_INT(decide_by("{\"defaultAction\":\"x\"}", 0, SYS_read, 0), 0xdead);
	CHECK_INT(decide_by("[]", 0, SYS_read, 0), 0xdead);
}

static void
capabilities_add_up(void)
{
	cleanup_vec struct vec none = VEC_INIT, all = VEC_INIT, chown = VEC_INIT;

	vec_add(&all, "ALL");
	vec_add(&chown, "CAP_CHOWN");
	CHECK_INT(runtime_capability("cap_sys_admin"), 21);
	CHECK_INT(runtime_capability("CHECKPOINT_RESTORE"), 40);
	CHECK_INT(runtime_capability("FOO"), -1);
	CHECK(runtime_capabilities(&none, &none) == RUNTIME_CAPS);
	CHECK(runtime_capabilities(&all, &chown) == (RUNTIME_CAPS_ALL & ~1ull));
	CHECK(runtime_capabilities(&chown, &all) == 1);
	CHECK(runtime_capabilities(&none, &chown) == (RUNTIME_CAPS & ~1ull));
	CHECK(runtime_capabilities(&chown, &chown) == RUNTIME_CAPS);
}

/* The kernel takes it, and does as we read it. */
static const struct runtime_rights rights = {.caps = RUNTIME_CAPS};

static void
filter_loads(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		int listener;

		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		if (seccomp_load(IDMAP_RANGE, &rights, false, &listener, NULL) < 0 ||
		    listener < 0)
			_exit(1);
		if (syscall(SYS_bpf, 0, NULL, 0) != -1 || errno != EPERM)
			_exit(2);
		if (syscall(SYS_clone3, NULL, 0) != -1 || errno != ENOSYS)
			_exit(3);
		_exit(getuid() == geteuid() ? 0 : 4);
	}
	CHECK_INT(proc_wait(pid), 0);
}

/* Without a supervisor a call fails: nobody hangs. */
static void
no_supervisor_no_hang(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		int listener;

		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		if (seccomp_load(IDMAP_ONE, &rights, true, &listener, NULL) < 0 ||
		    listener < 0)
			_exit(1);
		close(listener);
		alarm(5);
		_exit(syscall(SYS_getuid) == -1 && errno == ENOSYS ? 0 : 2);
	}
	CHECK_INT(proc_wait(pid), 0);
}

/* ---- the holder -----------------------------------------------------------------------
 */

struct seen {
	unsigned uid;
	int write_end;
};

static int
look(void *arg, struct err *err)
{
	struct seen *s = arg;
	unsigned uid = getuid();

	return write(s->write_end, &uid, sizeof uid) == sizeof uid
		   ? 0
		   : err_sys(err, "write");
}

static int
fail(void *arg, struct err *err)
{
	return err_set(err, ERR_CONFLICT, "%s", (const char *)arg);
}

static void
holder_is_shared(void)
{
	cleanup_holder struct holder *a = NULL, *b = NULL;
	struct err err = ERR_INIT;
	struct seen seen;
	int ends[2];
	unsigned uid = 99;
	char dir[32], words[] = "so it is";
	int home = make_root(dir);

	setenv("DRYDOCK_IDMAP", "one", 1);
	if (holder_open(home, &a, &err) < 0) {
		drop_root(home, dir);
		SKIP("this machine allows no user namespace");
	}
	CHECK_INT(holder_open(home, &b, &err), 0);
	CHECK_INT(a->pid, b->pid);
	CHECK_INT(holder_idmap(a), IDMAP_ONE);
	CHECK_STR(idmap_name(holder_idmap(a)), "one");
	CHECK_INT(holder_root_uid(a), geteuid());
	CHECK_INT(pipe(ends), 0);
	seen.write_end = ends[1];
	CHECK_INT(holder_call(a, 0, look, &seen, &err), 0);
	CHECK_INT(read(ends[0], &uid, sizeof uid), sizeof uid);
	CHECK_INT(uid, 0);
	CHECK_INT(holder_call(a, HOLDER_MOUNTS, fail, words, &err), -1);
	CHECK_INT(err.kind, ERR_CONFLICT);
	CHECK_STR(err.text, "so it is");
	holder_stop(home, IDMAP_ONE);
	CHECK_INT(fd_wait_readable(a->pidfd, 2000), 1);
	close(ends[0]);
	close(ends[1]);
	drop_root(home, dir);
}

TEST_MAIN({"a start is a list of steps in the kernel's order", plan_is_told},
    {"too many mounts are an error", plan_has_a_limit},
    {"users of an image: names, numbers, groups", users_are_found},
    {"a user or group that is missing, in Docker's words", users_are_missed},
    {"an image's passwd never leads outside", passwd_stays_inside},
    {"ids change by the kernel's rules", ids_change_as_in_the_kernel},
    {"ids follow a fork and go with the process", ids_follow_fork},
    {"different ids are bounded", ids_are_bounded},
    {"the filters decide as the profile says", filters_decide},
    {"profiles compare arguments", profiles_compare},
    {"profiles: masks, capabilities, machines, kernels", profiles_are_read},
    {"capabilities add up", capabilities_add_up},
    {"the kernel takes the filter", filter_loads},
    {"without a supervisor calls fail and do not hang", no_supervisor_no_hang},
    {"one holder serves all", holder_is_shared})
