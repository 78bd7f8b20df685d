/*
 * container.h - objects with a life: create, start, stop, remove, logs
 *
 * A container is a folder sessions/S/containers/ID:
 *
 *     config.json     fixed at creation (struct container_config)
 *     name            its present name
 *     lock            flock held by the monitor as long as it lives
 *     running.json    {"pid","start_time","started_at","ip","ports",...}
 *     exited.json     {"exit_code","started_at","finished_at","error"}
 *     log.json        docker's json-file log
 *     hosts hostname resolv.conf
 *     u w m           overlay's upper, work and mount point
 *
 * Its state is read, never stored twice: a held lock means running; running.json
 * without a held lock means that the monitor was killed: Exited (137), or (255) when
 * all else went down with it; neither file means created.
 *
 * The MONITOR is the container's parent: it writes the log, carries output to an
 * attached client, forwards published ports, and writes how it ended.  Killing the
 * client leaves the container running; the container does not outlive its monitor.
 */
#ifndef DRYDOCK_CONTAINER_H
#define DRYDOCK_CONTAINER_H

#include "sandbox/base/base.h"
#include "sandbox/network/network.h"
#include "sandbox/session/session.h"

enum container_mount_kind {
	CONTAINER_BIND,   /* source: a full path on the host */
	CONTAINER_VOLUME, /* source: its name */
	CONTAINER_TMPFS,
};
struct container_mount {
	enum container_mount_kind kind;
	char *source, *target; /* target is absolute and clean */
	char *options;         /* -v's mode, tmpfs' options as written; NULL: none */
	bool readonly;
	bool exec;      /* a tmpfs that programs may be run from */
	bool make;      /* a bind's missing source becomes a folder */
	bool anonymous; /* a volume that goes with the container */
	bool copy;      /* a volume that begins with what the image has there */
	bool by_mount;  /* --mount, not -v or --tmpfs */
	bool straight;  /* a bind's source is what a path of the workstation has led to:
			   a link that is in it now would lead the host elsewhere */
};

/* What it may use up; 0 where nothing was said.  Units as in HostConfig. */
struct container_limits {
	int64_t memory, memory_reservation, memory_swap; /* bytes; swap -1: any */
	int64_t nano_cpus, cpu_quota, cpu_period, cpu_shares;
	int64_t pids; /* -1: any number */
	char *cpuset;
};

/* HEALTHCHECK or --health-*; times in ns, 0: Docker's default. */
struct container_health {
	struct vec test;  /* empty: none; else NONE, CMD or CMD-SHELL and words */
	struct vec shell; /* of the image, for CMD-SHELL; empty: /bin/sh -c */
	int64_t interval, timeout, start_period, start_interval;
	int retries;
};

/* What is asked of a network that a container is to be on. */
struct container_endpoint {
	char *network; /* its name */
	char network_id[65];
	struct vec aliases, links; /* links: "name:alias", seen by this container only */
	char *ip, *mac;            /* NULL: any */
	bool by_connect;           /* docker network connect made it */
};
void container_endpoint_done(struct container_endpoint *e);

struct container_config {
	char id[65];
	char *name;  /* without '/' */
	char *image; /* as the user wrote it */
	char image_id[65];
	int64_t created;
	struct vec entrypoint, cmd; /* what runs is entrypoint + cmd */
	struct vec env;
	struct vec labels;              /* "k=v" */
	struct vec binds;               /* "-v" texts as written */
	struct container_mount *mounts; /* container_add_mount() */
	size_t nmounts;
	char *restart; /* --restart as written; NULL: "no" */
	char *workdir, *user, *hostname, *stop_signal, *network,
	    *domainname; /* network: bridge none host container:ID NAME */
	struct container_endpoint *endpoints; /* container_add_endpoint() */
	size_t nendpoints;
	struct vec links;                       /* --link as written */
	struct vec extra_hosts;                 /* "name:ip" */
	struct vec dns, dns_search, dns_option; /* --dns, ... */
	struct network_port *ports;             /* -p */
	size_t nports;
	struct vec exposed;                         /* "80/tcp" from image and --expose */
	int64_t stop_timeout;                       /* s, -1: 10 */
	int64_t shm_size;                           /* bytes; 0: 64 MiB */
	int64_t oom_score_adj;                      /* -1000 to 1000 */
	struct vec group_add;                       /* names or numbers */
	struct vec ulimits;                         /* "nofile=1024:2048" */
	struct vec sysctls, annotations;            /* "k=v" */
	struct vec volumes_from, devices, log_opts; /* as written */
	char *log_driver;                           /* NULL: json-file */
	char *pid, *ipc, *uts;                      /* as written; container:ID */
	char *cidfile;                              /* NULL: none */
	struct container_health health;
	struct vec cap_add, cap_drop; /* "CAP_CHOWN", "ALL" */
	struct vec security;          /* --security-opt; a seccomp profile as its JSON */
	bool privileged;
	struct container_limits limits;
	bool tty, open_stdin, auto_remove, detach, readonly_root, init, publish_all;
	bool attach_in, attach_out, attach_err; /* -a, or what it is without */
};
void container_config_free(struct container_config *c);
/* Appends a mount; borrowed until the next one is added.  source and options are the
 * config's: malloc'ed strings that the caller sets. */
struct container_mount *container_add_mount(
    struct container_config *c, enum container_mount_kind kind, const char *target);
/* Appends one; borrowed until the next is added. */
struct container_endpoint *container_add_endpoint(
    struct container_config *c, const char *network);
/* The mount at target, or NULL. */
struct container_mount *container_mount_at(
    const struct container_config *c, const char *target);
void container_config_free_p(struct container_config **c);
#define cleanup_container_config __attribute__((cleanup(container_config_free_p)))

enum container_status {
	CONTAINER_CREATED,
	CONTAINER_RUNNING,
	CONTAINER_EXITED,
};

/* What its health check says of it; NONE: it has none. */
enum container_healthy { HEALTH_NONE, HEALTH_STARTING, HEALTH_HEALTHY, HEALTH_UNHEALTHY };

/* A network that a running container is on. */
struct container_address {
	char network_id[65], endpoint_id[65];
	char ip[16], gateway[16], mac[18];
	unsigned bits;
};

struct container_state {
	enum container_status status;
	enum container_healthy health;
	bool paused;       /* beside RUNNING */
	bool lost;         /* beside EXITED: container_recover() has not seen it yet */
	bool restarting;   /* beside EXITED: its monitor will start it again */
	unsigned restarts; /* by the restart policy, since it was started */
	pid_t pid;         /* on the host; running only */
	unsigned long long start_time;
	int exit_code;
	bool oom_killed;                     /* the last run wanted too much memory */
	char *error;                         /* why a start failed, or NULL */
	int64_t started_at, finished_at;     /* 0: never */
	struct container_address *addresses; /* running only */
	size_t naddresses;
	struct network_port *ports; /* as bound; running only */
	size_t nports;
};
void container_state_done(struct container_state *s);
#define cleanup_container_state __attribute__((cleanup(container_state_done)))

/* ERR_INPUT in Docker's words when its capabilities or security options are none. */
int container_check_rights(const struct container_config *c, struct err *err);

/* ERR_INPUT in Docker's words when they cannot be; how: appends one line for each that
 * the machine has no control group for, and what holds it instead (limits.c). */
int container_check_limits(const struct container_limits *l, struct err *err);
void container_explain_limits(const struct container_limits *l, struct vec *how);
/* `docker update`: members of `set` that are not 0 are the container's from now on, for
 * the processes of a running one at once. */
int container_set_limits(struct session *s, const char *id,
    const struct container_limits *set, struct err *err);

/* ---- finding -------------------------------------------------------------------------
 */

/* Full id, exact name, unique id prefix, in that order.  Gives the id.  ERR_NOT_FOUND
 * "No such container: x"; ERR_INPUT "multiple IDs found with provided prefix: x". */
int container_find(struct session *s, const char *name, char id[65], struct err *err);
/* Appends the names of all folders of containers, in any order; some may be just being
 * made or removed. */
int container_ids(struct session *s, struct vec *ids);
/* All ids, newest first. */
int container_list(struct session *s, struct vec *ids, struct err *err);
int container_load(
    struct session *s, const char *id, struct container_config **ret, struct err *err);
int container_state(
    struct session *s, const char *id, struct container_state *ret, struct err *err);
/* Both. */
int container_look(struct session *s, const char *id, struct container_config **config,
    struct container_state *state, struct err *err);

/* ---- life
 * ------------------------------------------------------------------------------ */

/* Makes the folder and takes the name (one is invented when c->name is NULL), fills
 * c->id, c->created and c->name.  ERR_CONFLICT for a name in use, worded as Docker does.
 * Its volumes are made when they are missing. */
int container_create(struct session *s, struct container_config *c, struct err *err);

/* Forgets the link of that alias; ERR_NOT_FOUND.  A container that runs keeps it in its
 * /etc/hosts until its next start. */
int container_unlink(
    struct session *s, const char *id, const char *alias, struct err *err);

/* What the client sees of a start with its standard streams attached. */
struct container_attach {
	bool in, out;              /* -i; not -d */
	bool no_stdout, no_stderr; /* -a without them */
	bool tty;                  /* -t: our terminal is raw meanwhile */
	bool rm_wait;      /* the answer comes after the container is gone from `ps -a` */
	bool keep_signals; /* signals end us and are not passed on (exec, --sig-proxy) */
	unsigned short rows, cols; /* of the user's terminal; 0: unknown */
	/* With a terminal: what leaves the program alone ("\x10\x11", Ctrl-P Ctrl-Q); "":
	 * nothing does. */
	char detach_keys[32];
};
/* What the functions that attach return when the user has left with the detach keys. */
enum { CONTAINER_DETACHED = 256 };

/* Starts it under a new monitor.  Detached: returns 0 once it runs.  Attached: carries
 * the streams, passes signals on, and returns its exit code (>= 0) when it has ended.
 * -1 with Docker's words when it did not start. */
int container_start(
    struct session *s, const char *id, const struct container_attach *a, struct err *err);

/* Attaches to a container that runs; as container_start. ERR_CONFLICT when it does not.
 */
int container_attach(
    struct session *s, const char *id, const struct container_attach *a, struct err *err);

/* `docker exec`: one more program in a container that runs. */
struct container_exec {
	const char *const *argv;
	const struct vec *env;     /* "K=V" beside the container's own; borrowed */
	const char *cwd, *user;    /* NULL: the container's */
	bool detach;               /* do not wait */
	bool privileged;           /* all capabilities */
	struct container_attach a; /* tty says that it gets a terminal */
};
/* Returns its exit code (0 when detached), or CONTAINER_DETACHED.  ERR_CONFLICT when the
 * container does not run; when the program could not be started, a text in runc's words
 * and a kind that is not ERR_CONFLICT. */
int container_exec(
    struct session *s, const char *id, const struct container_exec *x, struct err *err);

/* SIGTERM (or its stop signal), then SIGKILL after `timeout` s (-1: its own or 10).
 * Returns when it has ended.  A stopped one is fine. */
int container_stop(struct session *s, const char *id, int timeout, struct err *err);
/* The same with another first signal; 0: its own. */
int container_stop_by(
    struct session *s, const char *id, int signo, int timeout, struct err *err);
/* The steps of a start as text, one a line, for --explain (room.c). */
void container_explain(const struct container_config *c, struct buf *out);
/* ERR_CONFLICT when it is not running. */
int container_signal(struct session *s, const char *id, int signo, struct err *err);
/* `docker update --restart`, and the check of such a text (ERR_INPUT in Docker's words).
 */
int container_set_restart(
    struct session *s, const char *id, const char *policy, struct err *err);
int container_check_restart(const char *policy, struct err *err);
/* Only what the command line itself looks at: "NAME[:NUMBER]". */
int container_check_restart_format(const char *policy, struct err *err);
/* "healthy", as inspect and events have it; "none" for HEALTH_NONE.  Borrowed. */
const char *container_health_word(enum container_healthy h);

/* Stops all its processes where they are, or lets them go on.  ERR_CONFLICT when it does
 * not run, is paused already, or is not. */
int container_pause(struct session *s, const char *id, struct err *err);
int container_unpause(struct session *s, const char *id, struct err *err);
/* Waits for the end; returns the exit code. */
int container_wait(struct session *s, const char *id, struct err *err);
/* ERR_CONFLICT when running and not forced; its own anonymous volumes go
 * when it was made with --rm. */
int container_remove(struct session *s, const char *id, bool force, struct err *err);
/* The same, and its anonymous volumes. */
int container_remove_all(struct session *s, const char *id, bool force, struct err *err);
int container_rename(
    struct session *s, const char *id, const char *name, struct err *err);

/* What every command begins with: ends and clears away what killed monitors or a reboot
 * left behind, and starts again what its restart policy wants (recover.c).  Cheap where
 * there is nothing to do.  look: has any lost its monitor?  Without, only after a reboot;
 * for who will see that anyway (lost). */
void container_recover(struct session *s, bool look);

/* ---- volumes ------------------------------------------------------------------------
 */

/* ERR_INPUT in Docker's words when it is no name for a volume. */
int container_volume_check(const char *name, struct err *err);
/* Makes it; one that is there already is fine.  labels: "k=v". */
int container_volume_make(
    struct session *s, const char *name, const struct vec *labels, struct err *err);
/* ERR_NOT_FOUND, or ERR_CONFLICT when a container has it. */
int container_volume_remove(struct session *s, const char *name, struct err *err);
/* Appends the names of all, byte order. */
int container_volume_list(struct session *s, struct vec *names);
/* Appends its labels. */
int container_volume_labels(
    struct session *s, const char *name, struct vec *labels, struct err *err);
/* Appends the ids of the containers that have it. */
void container_volume_users(struct session *s, const char *name, struct vec *ids);
/* `docker volume inspect` object.  Gives. */
json_t *container_volume_inspect(struct session *s, const char *name, struct err *err);

/* ---- networks -----------------------------------------------------------------------
 */

/* Puts the container on the network, or takes it off; at once when it runs.  Errors in
 * the engine's words.  force: it may be gone already. */
int container_connect(struct session *s, const char *id, const struct session_network *n,
    const struct container_endpoint *wanted, struct err *err);
int container_disconnect(struct session *s, const char *id,
    const struct session_network *n, bool force, struct err *err);
/* `docker network inspect` object.  Gives. */
json_t *container_network_inspect(struct session *s, const char *name, struct err *err);
/* Is a running container on it? */
bool container_network_active(struct session *s, const struct session_network *n);
/* Before the session is removed, with no container left in it: its bridges go. */
void container_networks_leave(struct session *s);
/* Forgets the network and its bridge.  ERR_CONFLICT when it is active or predefined. */
int container_network_remove(
    struct session *s, const struct session_network *n, struct err *err);

/* ---- looking inside
 * ---------------------------------------------------------------------- */

/* Calls fn(arg, root) in a child inside the holder: root is an O_PATH descriptor of the
 * container's root as its programs see it, or would if it ran (a tmpfs is left out).  A
 * map of one id holds no owners there, see owner.h of the store. */
int container_within(struct session *s, const char *id,
    int (*fn)(void *arg, int root, struct err *err), void *arg, struct err *err);
/* What store_changes() and the like want: gives the container's folder and appends its
 * image's layers to chains. */
int container_upper(
    struct session *s, const char *id, struct vec *chains, struct err *err);
/* An event about it that a command makes ("export"), with more attributes (taken; may be
 * NULL). */
void container_note(struct session *s, const char *id, const char *action, json_t *more);

/* `docker inspect` object of engine 26.1.  Gives. */
json_t *container_inspect(struct session *s, const char *id, struct err *err);

/* A process in a container, as the host numbers it (proc_pid_stat(5)). */
struct container_process {
	pid_t pid, ppid;
	unsigned uid; /* inside the id map */
	unsigned tty; /* device number */
	char state;
	unsigned threads;
	unsigned long long ticks, child_ticks; /* of the CPU, own and of ended children */
	unsigned long long start;              /* ticks since boot */
	unsigned long long vsize, rss, anon;   /* bytes */
	unsigned long long read_bytes, write_bytes;
	char comm[16], command[256];
};
/* All of them, by pid, in a malloc'ed list.  ERR_CONFLICT when it does not run. */
ssize_t container_processes(
    struct session *s, const char *id, struct container_process **ret, struct err *err);
/* Bytes over its own network since it was started; 0 when it has none or is stopped. */
int container_traffic(struct session *s, const char *id, unsigned long long *received,
    unsigned long long *sent, struct err *err);

struct container_log_opts {
	bool follow, timestamps;
	long long tail;       /* -1: all */
	int64_t since, until; /* ns, 0: none */
};
/* Calls line(arg, stream 1 or 2, text, len) for each piece of output, in order; follow
 * returns when the container ends or line() returns false. */
int container_logs(struct session *s, const char *id, const struct container_log_opts *o,
    bool (*line)(void *arg, int stream, const char *text, size_t len), void *arg,
    struct err *err);

/* Is this a name Docker accepts ([a-zA-Z0-9][a-zA-Z0-9_.-]+)? */
bool container_name_ok(const char *name);

#endif
