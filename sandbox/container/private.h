/*
 * private.h - what the files of this module share
 */
#ifndef DRYDOCK_CONTAINER_PRIVATE_H
#define DRYDOCK_CONTAINER_PRIVATE_H

#include "sandbox/container/container.h"
#include "sandbox/runtime/runtime.h"

/* ---- folders and records (record.c) -------------------------------------------------
 */

/* The container's folder as an O_PATH descriptor, or -1 and *err. */
int container_open_dir(struct session *s, const char *id, struct err *err);
/* Is the container's lock held, that is, does a monitor live? */
bool container_monitored(int dir);
/* running.json as the monitor writes it; `again` replaces one that may be read just now.
 * 0 or -1. */
int record_running(
    int dir, const struct container_state *state, bool again, struct err *err);
/* exited.json; then running.json goes.  status CREATED: a start that failed. */
int record_exited(int dir, const struct container_state *state, struct err *err);
/* Reads both; what they say is judged by container_state(). */
int record_read(int dir, struct container_state *ret, bool *ret_was_running);

/* container_load() and container_state() of an open folder. */
int container_load_at(
    int dir, const char *id, struct container_config **ret, struct err *err);
void container_state_at(int dir, struct container_state *ret);

/* A file with the start time of the first process that is paused. */
#define PAUSED_MARK "paused"

/* Files: there when it was told to stop for good, and what `docker update --restart`
 * said. */
#define STOPPED_MARK "stopped"
#define RESTART_FILE "restart"

/* Ports as JSON and back (used by config.json and running.json).  Gives. */
json_t *ports_to_json(const struct network_port *ports, size_t n);
size_t ports_from_json(const json_t *a, struct network_port **ret);

/* config.json (config.c).  Gives. */
json_t *config_to_json(const struct container_config *c);
struct container_config *config_from_json(const json_t *j);

/* A config's mounts: freed; as JSON and back; as inspect's Mounts and HostConfig.Tmpfs
 * (NULL: none) say it (mount.c). */
void mounts_free(struct container_config *c);
json_t *mounts_to_json(const struct container_config *c);
void mounts_from_json(const json_t *a, struct container_config *c);
json_t *mounts_inspect(struct session *s, const struct container_config *c);
json_t *mounts_tmpfs(const struct container_config *c);

/* A container's endpoints change: networks.json beside config.json (endpoints.c). */
void endpoints_free(struct container_config *c);
json_t *endpoint_to_json(const struct container_endpoint *e);
void endpoint_from_json(const json_t *j, struct container_endpoint *e);
int endpoints_write(int dir, const struct container_config *c, struct err *err);
void endpoints_read(int dir, struct container_config *c);
/* The one on this network, or NULL. */
struct container_endpoint *endpoint_on(
    const struct container_config *c, const char *network_id);
/* NetworkSettings.Networks (inspect_network.c).  Gives. */
json_t *endpoints_inspect(struct session *s, const struct container_config *c,
    const struct container_state *st);

/* "angry_turing": gives a name that was free a moment ago (names.c). */
char *container_invent_name(int names_dir);
/* Takes the name for id; ERR_CONFLICT in Docker's words. */
int container_take_name(
    struct session *s, const char *name, const char *id, struct err *err);

/* Limits (limits.c): as members of an object; those that are said in j replace l's. */
void limits_to_json(const struct container_limits *l, json_t *j);
void limits_from_json(const json_t *j, struct container_limits *l);
/* What `docker update` said since, over l. */
void limits_read_update(int dir, struct container_limits *l);
void limits_inspect(const struct container_limits *l, json_t *host_config);
/* The runtime's words for them; borrows from l. */
void limits_of(const struct container_limits *l, struct runtime_limits *r);
/* The groups of a running container, by its first process. */
void limits_of_first(pid_t first, const char *id, struct limits *ret);
/* Without a group for memory: ends the biggest process when all together use more than
 * `most`.  True when it did. */
bool limits_watch_memory(pid_t first, int64_t most);
/* In a process that is in the holder: all processes of the container (processes.c). */
ssize_t processes_of(pid_t first, struct container_process **ret, struct err *err);

/* The runtime's words for a config's rights; borrows from c (rights.c). */
void rights_of(const struct container_config *c, struct runtime_rights *r);

/* An event of type "container" with image, name and, when code >= 0, exitCode. */
void container_event(
    struct session *s, const struct container_config *c, const char *action, int code);
/* The same with more attributes, taken; NULL: none. */
void container_event_more(struct session *s, const struct container_config *c,
    const char *action, json_t *more);

/* ---- --restart (restart.c) ----------------------------------------------------------
 */

enum restart_kind {
	RESTART_NO,
	RESTART_ALWAYS,
	RESTART_UNLESS_STOPPED,
	RESTART_FAILURE,
};
struct restart_policy {
	enum restart_kind kind;
	unsigned max; /* of RESTART_FAILURE; 0: without end */
};
struct restart_history {
	unsigned count;
	int64_t delay; /* ns, of the present wait */
};
int restart_parse(const char *text, struct restart_policy *ret, struct err *err);
/* The policy that counts now. */
void restart_policy(
    int dir, const struct container_config *c, struct restart_policy *ret);
/* From now on no run is followed by another / until it is started by hand. */
int restart_forbid(int dir, struct err *err);
void restart_allow(int dir);
/* It has ended with code after `ran` ns: shall it start again?  Then h says how long to
 * wait. */
bool restart_due(struct restart_history *h, int dir, const struct restart_policy *p,
    int code, int64_t ran);
/* The same for one that went down with its monitor (code) or, rebooted, for any that has
 * ever run. */
bool restart_after_crash(
    int dir, const struct restart_policy *p, int code, bool rebooted);
/* Waits; false when it was forbidden meanwhile. */
bool restart_wait(const struct restart_history *h, int dir);

/* No network knows it by name any more, from any process (members.c). */
void members_forget(struct session *s, const struct container_config *c);

/* ---- for inspect (inspect.c, inspect_host.c, health.c) ------------------------------
 */

/* State.Health.  Gives. */
json_t *health_state(int dir, bool running);
/* HostConfig.  Gives. */
json_t *host_config_object(
    const struct container_config *c, const struct restart_policy *restart);
/* A list, or null as Go prints an empty one that was never made.  Gives. */
json_t *list_or_null(const struct vec *v);
/* As asked for (HostConfig), or as bound (NetworkSettings).  Gives. */
json_t *ports_inspect(const struct network_port *ports, size_t n, bool bound);
/* HostConfig.NetworkMode; borrowed. */
const char *network_mode(const struct container_config *c);

/* ---- --device (device.c) */

/* "/dev/a[:/dev/b][:rwm]", checked before. */
struct device {
	char *host, *inside, *rights;
};
void device_parse(const char *text, struct device *ret);
void device_done(struct device *d);
#define cleanup_device __attribute__((cleanup(device_done)))

/* What the health check says (health.c); a container that does not run is not healthy. */
enum container_healthy health_read(int dir, bool running);

/* Puts in front of a program's error what containerd and runc put there for an exec
 * (exec.c).  -1. */
int word_exec_failure(struct err *err);

/* ---- log (log.c) --------------------------------------------------------------------
 */

/* What --log-driver and --log-opt want. */
struct log_options {
	bool none;        /* nothing is kept */
	int64_t max_size; /* bytes of one file; 0: no limit */
	unsigned max_file;
};
/* ERR_INPUT in Docker's words (log_options.c). */
int log_options_parse(
    const struct container_config *c, struct log_options *ret, struct err *err);
/* "log.json" for 0, "log.json.1" for the one before it; out has 24 bytes. */
void log_file_name(unsigned age, char out[24]);

struct log_writer {
	int dir, fd; /* fd -1 until the first line */
	struct log_options options;
	int64_t size;          /* of the present file */
	struct buf partial[2]; /* stdout, stderr: a line that has not ended */
};
void log_writer_init(struct log_writer *w, int dir, const struct log_options *o);
/* stream 1 or 2. */
void log_writer_add(struct log_writer *w, int stream, const char *data, size_t len);
void log_writer_done(struct log_writer *w);

/* ---- between client and monitor: one SOCK_SEQPACKET message each, kind byte first
 * ------ */

enum wire_kind {
	WIRE_OUT = 'o',
	WIRE_ERR = 'e',     /* output */
	WIRE_STARTED = 's', /* it runs */
	WIRE_FAILED = 'f',  /* struct err: it did not start */
	WIRE_ENDED = 'x',   /* int: exit code; nothing follows */
	WIRE_IN = 'i',
	WIRE_EOF = 'c',    /* input, its end */
	WIRE_SIGNAL = 'k', /* int */
	WIRE_SIZE = 'w',   /* struct winsize */
	WIRE_NETWORK =
	    'n', /* JSON: a network to join or leave; STARTED or FAILED follows */
	WIRE_HELLO = 'h', /* one byte: what the client wants; its first message */
};
enum { WIRE_HELLO_IN = 1, WIRE_HELLO_OUT = 2 };
enum { WIRE_MAX = 32768 };

/* Sends; 0, or -1 with errno (EAGAIN with MSG_DONTWAIT in flags: not sent). */
int wire_send(int sock, enum wire_kind kind, const void *data, size_t len, int flags);
/* Receives into data (WIRE_MAX bytes); kind, 0 at the end, -1 with errno. */
int wire_recv(int sock, char *data, size_t *ret_len, int flags);

/* The socket below the container's folder `dir` where a running container can be attached
 * to; fills the address (by way of /proc: our own path may be too long). */
#define ATTACH_SOCKET "attach"
struct sockaddr_un;
void attach_address(int dir, struct sockaddr_un *ret);

/* Connects to the door of a running container's monitor, or -1 (attach.c). */
int attach_knock(int dir, struct err *err);
/* The client's side after a start (client.c): see container_start. */
int client_follow(int sock, const struct container_attach *a, struct err *err);

/* ---- starting (launch.c) and the monitor (monitor.c)
 * ------------------------------------ */

struct room; /* what a start needs and a further one again */
struct launch {
	const struct holder *holder;
	struct room *room;
	unsigned restarts;
	struct session *session;
	const struct container_config *config;
	int dir;              /* the container's folder */
	int lock;             /* its lock, held */
	struct joint *joints; /* networks that it is on (joints.h) */
	size_t njoints;
	struct resolver *names;         /* NULL: on no network with names */
	int other_netns;                /* pidfd of whose network it shares, or -1 */
	struct runtime_other pids, ipc; /* whose it shares; pidfd -1: its own */
	int outlet;                     /* socket to who carries on its packets, or -1 */
	int tap;                        /* readable when there are some, or -1 */
	int outer_dns[2];               /* sockets of the outer network, or -1 */
	int files[3]; /* hosts, hostname, resolv.conf, to be changed; -1 */
	struct network_listener *listeners;
	size_t nlisteners;
	struct runtime_proc proc;
	int in, out, errfd; /* our ends of the container's streams; -1 */
	int64_t started_at;
	struct limits groups;
	unsigned long long oom_kills; /* of runs before this one */
	unsigned short rows, cols;    /* of the client's terminal; 0: unknown */
};

/* A pidfd of a running container's first process, checked to be the one that was started;
 * -1 when there is none (stop.c). */
int open_first(const struct container_state *st);

/* In a fork that stays: a session of its own, signals as at birth, and nothing open that
 * our caller's caller left open (start.c). */
void become_keeper(void);
/* The first word of a monitor or keeper: 0, or -1 and its error. */
int wait_started(int sock, struct err *err);
/* What a program finds in its environment, in Docker's order (room.c). */
void make_env(const struct container_config *c, bool tty, struct vec *env);

/* running.json as it must be now; `again`: a reader may be at it. */
int launch_record(struct launch *l, bool again, struct err *err);
/* In the monitor: everything up to a running program.  0, or -1 in Docker's words. */
int launch_run(struct launch *l, const struct store_image *image, struct err *err);
/* The same once more, after the program has ended and launch_ended(). */
int launch_again(struct launch *l, struct err *err);
/* Lets go of the program that has ended, and of its mounts. */
void launch_ended(struct launch *l);
void launch_done(struct launch *l);

/* The monitor's life, after a start that succeeded; client -1: none, else taken, and
 * `in` says that it writes to the container.  Writes how the container ended, answers,
 * cleans up; the process then exits. */
void monitor_run(struct launch *l, int client, bool in);

/* Moves the container's folder away (a rename: from then on it is gone) and frees its
 * name.  In any process that may write the session's folders.  Gives the name in trash.
 */
char *container_to_trash(struct session *s, const struct container_config *c);
/* Its anonymous volumes that no container has any more; as container_to_trash. */
void volumes_to_trash(struct session *s, const struct container_config *c);
/* A volume's files as an O_PATH descriptor, or -1 and ERR_NOT_FOUND (volume.c). */
int volume_open(struct session *s, const char *name, struct err *err);
/* Empties the trash, inside the map. */
void container_trash_now(struct session *s);
/* Removes a trash entry's tree; in the holder or as the files' owner. */
void container_empty_trash(struct session *s, const char *entry);

#endif
