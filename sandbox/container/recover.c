/*
 * recover.c - what a crash or a reboot has left: ended, cleared away, and by the restart
 * policy started again
 *
 * There is no daemon that could do so when the machine starts: the next command does.
 * The file `boot` of the session says in which boot of the machine that was done last.
 * What is shown then is what moby's daemon makes of the same (daemon.restore and
 * restartmanager): 137 when only its monitor was killed, as by a killed shim; 255 when
 * everything went down under it; with the policy "always" also what was stopped by hand
 * before a reboot runs again.
 */
#include "sandbox/container/private.h"
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BOOT_FILE "boot"
#define BOOT_ID "/proc/sys/kernel/random/boot_id"

enum { CODE_KILLED = 137, CODE_CRASH = 255, KILL_WAIT_MS = 1000, BOOT_MAX = 64 };

struct recovery {
	struct session *session;
	bool rebooted;       /* since the last command */
	bool holder_runs;    /* nothing but a monitor can have been killed */
	struct vec to_start; /* ids */
};

/* Nobody else is at it, no monitor lives; -1 else. */
static int
lock_container(int dir)
{
	cleanup_fd int lock = openat(dir, "lock", O_RDWR | O_CLOEXEC);

	if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB) < 0)
		return -1;
	return take_fd(&lock);
}

/* A container ends with its monitor; one that is just at it is waited for.  Process
 * numbers of another boot mean other processes. */
static void
end_process(const struct recovery *r, const struct container_state *st)
{
	cleanup_fd int pidfd = r->rebooted ? -1 : open_first(st);

	if (pidfd < 0)
		return;
	syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
	fd_wait_readable(pidfd, KILL_WAIT_MS);
}

static void
clear_away(struct recovery *r, int dir, const struct container_config *c)
{
	struct runtime_limits use = {.memory = 0};
	cleanup_limits struct limits groups = LIMITS_INIT;

	unlinkat(dir, ATTACH_SOCKET, 0);
	unlinkat(dir, PAUSED_MARK, 0);
	members_forget(r->session, c);
	limits_of(&c->limits, &use);
	if (limits_wanted(&use) == 0)
		return;
	limits_open(&groups, AT_FDCWD, NULL, c->id, &use,
	    idmap_root_uid(store_idmap(session_store(r->session))));
	limits_remove(&groups);
}

/* It ran when its monitor was killed.  Gives what it is now. */
static void
bury(struct recovery *r, int dir, const struct container_config *c,
    struct container_state *st)
{
	end_process(r, st);
	clear_away(r, dir, c);
	st->status = CONTAINER_EXITED;
	st->exit_code = r->rebooted || !r->holder_runs ? CODE_CRASH : CODE_KILLED;
	st->finished_at = clock_now();
	record_exited(dir, st, NULL);
	container_event(r->session, c, "die", st->exit_code);
}

static bool
shall_start(const struct recovery *r, int dir, const struct container_config *c,
    const struct container_state *st, bool was_running)
{
	struct restart_policy p;

	if (c->auto_remove || (!was_running && !r->rebooted) || st->started_at == 0)
		return false;
	restart_policy(dir, c, &p);
	return restart_after_crash(dir, &p, st->exit_code, r->rebooted);
}

static void
recover_one(struct recovery *r, const char *id)
{
	cleanup_container_config struct container_config *c = NULL;
	cleanup_container_state struct container_state st = {0};
	cleanup_fd int dir = container_open_dir(r->session, id, NULL);
	cleanup_fd int lock = dir >= 0 ? lock_container(dir) : -1;
	bool was_running, remove;

	if (lock < 0 || container_load(r->session, id, &c, NULL) < 0)
		return;
	record_read(dir, &st, &was_running);
	remove = c->auto_remove && (was_running || r->rebooted);
	if (was_running)
		bury(r, dir, c, &st);
	if (shall_start(r, dir, c, &st, was_running))
		vec_add(&r->to_start, id);
	fd_close_p(&lock);
	if (remove)
		container_remove(r->session, id, true, NULL);
}

/* Cheap where nothing has happened: a look at each that runs. */
static bool
is_orphan(int containers, const char *id)
{
	char path[96];

	snprintf(path, sizeof path, "%.64s/running.json", id);
	if (faccessat(containers, path, F_OK, 0) < 0)
		return false;
	snprintf(path, sizeof path, "%.64s/lock", id);
	cleanup_fd int lock = openat(containers, path, O_RDONLY | O_CLOEXEC);
	return lock >= 0 && flock(lock, LOCK_SH | LOCK_NB) == 0;
}

static void
recover_all(struct recovery *r)
{
	int containers = session_containers_dir(r->session);
	cleanup_vec struct vec ids = VEC_INIT;

	container_ids(r->session, &ids);
	for (size_t i = 0; i < ids.len; i++)
		if (r->rebooted || is_orphan(containers, ids.v[i]))
			recover_one(r, ids.v[i]);
	for (size_t i = 0; i < r->to_start.len; i++) {
		struct container_attach nobody = {.out = false};
		struct err err = ERR_INIT;

		if (container_start(r->session, r->to_start.v[i], &nobody, &err) < 0)
			log_debug("starting %s again: %s", r->to_start.v[i], err.text);
	}
}

/* The boot that is noted, "" when none is. */
static void
read_boot(int file, char out[BOOT_MAX])
{
	ssize_t n = pread(file, out, BOOT_MAX - 1, 0);

	out[n > 0 ? n : 0] = '\0';
}

/* Whoever comes second waits until the first has done it.  A lock of this kind is not
 * the monitors' that are forked meanwhile. */
static void
recover_after_boot(struct recovery *r, const char *boot)
{
	cleanup_fd int file = openat(
	    session_dir(r->session), BOOT_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	char noted[BOOT_MAX];
	size_t len = strlen(boot);

	if (file < 0 || fcntl(file, F_SETLKW, &whole) < 0)
		return;
	read_boot(file, noted);
	r->rebooted = noted[0] != '\0' && !str_eq(noted, boot);
	recover_all(r);
	if (pwrite(file, boot, len, 0) != (ssize_t)len || ftruncate(file, (off_t)len) < 0)
		log_debug("cannot note which boot this is");
}

void
container_recover(struct session *s, bool look)
{
	struct store *store = session_store(s);
	struct recovery r = {.session = s,
	    .holder_runs = holder_runs(store_home_dir(store), store_idmap(store)),
	    .to_start = VEC_INIT};
	cleanup_fd int file = openat(session_dir(s), BOOT_FILE, O_RDONLY | O_CLOEXEC);
	cleanup_fd int now = open(BOOT_ID, O_RDONLY | O_CLOEXEC);
	char noted[BOOT_MAX] = "", boot[BOOT_MAX] = "";

	if (now >= 0)
		read_boot(now, boot);
	if (file >= 0)
		read_boot(file, noted);
	fd_close_p(&file); /* before a lock of ours: closing any lets go of it */
	if (!str_eq(noted, boot))
		recover_after_boot(&r, boot);
	else if (look)
		recover_all(&r);
	vec_done(&r.to_start);
}
