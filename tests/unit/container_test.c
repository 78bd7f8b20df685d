/*
 * container_test.c - records, names, states, logs; what runs is e2e/10-run.t
 */
#include "sandbox/container/relay.h"
#include "tests/unit/test.h"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

struct world {
	char home[32];
	struct store *store;
	struct session *session;
};

static void
world_open(struct world *w)
{
	struct err err = ERR_INIT;

	strcpy(w->home, "/tmp/drydock-test-XXXXXX");
	CHECK(mkdtemp(w->home) != NULL);
	CHECK_INT(store_open(w->home, &w->store, &err), 0);
	CHECK_INT(session_open(w->store, "unit", &w->session, &err), 0);
}

static void
world_close(struct world *w)
{
	session_free(w->session);
	store_free(w->store);
	fd_remove_tree(AT_FDCWD, w->home);
}

static struct container_config *
new_config(const char *name)
{
	struct container_config *c = xcalloc(1, sizeof *c);

	c->name = name != NULL ? xstrdup(name) : NULL;
	c->image = xstrdup("busybox");
	memset(c->image_id, 'a', 64);
	c->entrypoint = c->cmd = c->env = c->labels = c->binds = c->exposed =
	    (struct vec)VEC_INIT;
	vec_add(&c->cmd, "sleep");
	vec_add(&c->cmd, "300");
	vec_add(&c->env, "A=1");
	vec_add(&c->exposed, "80/tcp");
	c->stop_timeout = -1;
	c->ports = xcalloc(1, sizeof *c->ports);
	c->nports = 1;
	c->ports[0] = (struct network_port){
	    .container_port = 80, .host_port = 8080, .proto = "tcp"};
	return c;
}

static void
records_survive(void)
{
	struct world w;
	cleanup_container_config struct container_config *c = new_config("web"),
							 *back = NULL;
	struct err err = ERR_INIT;

	world_open(&w);
	CHECK_INT(container_create(w.session, c, &err), 0);
	CHECK_INT(strlen(c->id), 64);
	CHECK_INT(container_load(w.session, c->id, &back, &err), 0);
	CHECK_STR(back->name, "web");
	CHECK_STR(back->cmd.v[1], "300");
	CHECK_STR(back->env.v[0], "A=1");
	CHECK_INT(back->nports, 1);
	CHECK_INT(back->ports[0].host_port, 8080);
	CHECK_INT(back->stop_timeout, -1);
	CHECK(back->created == c->created && strncmp(back->hostname, c->id, 12) == 0);
	world_close(&w);
}

static void
names_are_unique(void)
{
	struct world w;
	cleanup_container_config struct container_config *a = new_config("web"),
							 *b = new_config("web"),
							 *bad = new_config("a b"),
							 *any = new_config(NULL);
	struct err err = ERR_INIT;

	world_open(&w);
	CHECK_INT(container_create(w.session, a, &err), 0);
	CHECK_INT(container_create(w.session, b, &err), -1);
	CHECK_INT(err.kind, ERR_CONFLICT);
	CHECK(strstr(err.text,
	    "Conflict. The container name \"/web\" is already in use by container \""));
	CHECK(strstr(err.text, a->id) != NULL);
	CHECK_INT(container_create(w.session, bad, &err), -1);
	CHECK_STR(err.text,
	    "Invalid container name (a b), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
	CHECK_INT(container_create(w.session, any, &err), 0);
	CHECK(container_name_ok(any->name) && strchr(any->name, '_') != NULL);
	world_close(&w);
}

static void
containers_are_found(void)
{
	struct world w;
	cleanup_container_config struct container_config *a = new_config("web"),
							 *b = new_config("db");
	struct err err = ERR_INIT;
	cleanup_vec struct vec ids = VEC_INIT;
	char id[65], prefix[13];

	world_open(&w);
	CHECK_INT(container_create(w.session, a, &err), 0);
	CHECK_INT(container_create(w.session, b, &err), 0);
	CHECK(container_find(w.session, "web", id, &err) == 0 && str_eq(id, a->id));
	CHECK(container_find(w.session, "/db", id, &err) == 0 && str_eq(id, b->id));
	snprintf(prefix, sizeof prefix, "%.12s", a->id);
	CHECK(container_find(w.session, prefix, id, &err) == 0 && str_eq(id, a->id));
	CHECK_INT(container_find(w.session, "nobody", id, &err), -1);
	CHECK_STR(err.text, "No such container: nobody");
	CHECK_INT(container_find(w.session, "../web", id, &err), -1);
	CHECK_INT(container_list(w.session, &ids, &err), 0);
	CHECK_INT(ids.len, 2);
	CHECK_STR(ids.v[0], b->id);
	world_close(&w);
}

static void
states_are_read(void)
{
	struct world w;
	cleanup_container_config struct container_config *c = new_config("web");
	struct container_address at = {.ip = "172.17.0.2", .bits = 16};
	struct container_state st = {0}, up = {.pid = 1,
					     .started_at = 5,
					     .addresses = &at,
					     .naddresses = 1};
	struct err err = ERR_INIT;

	world_open(&w);
	CHECK_INT(container_create(w.session, c, &err), 0);
	CHECK_INT(container_state(w.session, c->id, &st, &err), 0);
	CHECK_INT(st.status, CONTAINER_CREATED);
	cleanup_fd int dir = container_open_dir(w.session, c->id, &err);
	cleanup_fd int lock = openat(dir, "lock", O_RDWR | O_CLOEXEC);
	CHECK(flock(lock, LOCK_EX | LOCK_NB) == 0);
	CHECK_INT(record_running(dir, &up, false, &err), 0);
	CHECK_INT(container_state(w.session, c->id, &st, &err), 0);
	CHECK_INT(st.status, CONTAINER_RUNNING);
	CHECK_INT(st.naddresses, 1);
	CHECK_STR(st.addresses[0].ip, "172.17.0.2");
	CHECK_INT(st.addresses[0].bits, 16);
	container_state_done(&st);
	fd_close_p(&lock); /* as when the monitor is killed */
	CHECK_INT(container_state(w.session, c->id, &st, &err), 0);
	CHECK_INT(st.status, CONTAINER_EXITED);
	CHECK_INT(st.exit_code, 137);
	container_state_done(&st);
	up.exit_code = 3;
	up.status = CONTAINER_EXITED;
	CHECK_INT(record_exited(dir, &up, &err), 0);
	CHECK_INT(container_state(w.session, c->id, &st, &err), 0);
	CHECK_INT(st.exit_code, 3);
	container_state_done(&st);
	world_close(&w);
}

static void
a_rename_moves_the_name(void)
{
	struct world w;
	cleanup_container_config struct container_config *a = new_config("old"),
							 *b = new_config("taken");
	struct err err = ERR_INIT;
	char id[65];

	world_open(&w);
	CHECK(container_create(w.session, a, &err) == 0 &&
	      container_create(w.session, b, &err) == 0);
	CHECK_INT(container_rename(w.session, a->id, "taken", &err), -1);
	CHECK(strstr(err.text, "Conflict.") != NULL);
	CHECK_INT(container_rename(w.session, a->id, "new", &err), 0);
	CHECK_INT(container_find(w.session, "old", id, &err), -1);
	CHECK(container_find(w.session, "new", id, &err) == 0 && str_eq(id, a->id));
	world_close(&w);
}

struct lines {
	struct buf out, errs;
};

static bool
gather(void *arg, int stream, const char *text, size_t len)
{
	struct lines *l = arg;

	buf_add(stream == 1 ? &l->out : &l->errs, text, len);
	return true;
}

static void
logs_come_back(void)
{
	struct world w;
	cleanup_container_config struct container_config *c = new_config("web");
	struct container_log_opts opts = {.tail = -1};
	struct lines l = {.out = BUF_INIT(1 << 20), .errs = BUF_INIT(1 << 20)};
	struct err err = ERR_INIT;
	struct log_writer log;
	const struct log_options plain = {.max_file = 1};
	const char *first = "one\ntwo \"q\" <&>\t\x01\nhal";
	char big[40000];

	world_open(&w);
	CHECK_INT(container_create(w.session, c, &err), 0);
	cleanup_fd int dir = container_open_dir(w.session, c->id, &err);
	log_writer_init(&log, dir, &plain);
	log_writer_add(&log, 1, first, strlen(first));
	log_writer_add(&log, 2, "oops\n", 5);
	log_writer_add(&log, 1, "f\n", 2);
	log_writer_done(&log);
	CHECK_INT(container_logs(w.session, c->id, &opts, gather, &l, &err), 0);
	CHECK_STR(l.out.s, "one\ntwo \"q\" <&>\t\x01\nhalf\n");
	CHECK_STR(l.errs.s, "oops\n");
	buf_clear(&l.out);
	opts.tail = 1;
	CHECK_INT(container_logs(w.session, c->id, &opts, gather, &l, &err), 0);
	CHECK_STR(l.out.s, "half\n");
	buf_clear(&l.out);
	memset(big, 'x', sizeof big);
	log_writer_init(&log, dir, &plain);
	log_writer_add(&log, 1, big, sizeof big);
	log_writer_done(&log);
	opts.tail = 3;
	CHECK_INT(container_logs(w.session, c->id, &opts, gather, &l, &err), 0);
	CHECK_INT(l.out.len, sizeof big);
	buf_done(&l.out);
	buf_done(&l.errs);
	world_close(&w);
}

static void
inspect_has_the_shape_of_docker(void)
{
	struct world w;
	cleanup_container_config struct container_config *c = new_config("web");
	struct err err = ERR_INIT;
	cleanup_json json_t *j = NULL;

	world_open(&w);
	CHECK_INT(container_create(w.session, c, &err), 0);
	j = container_inspect(w.session, c->id, &err);
	CHECK(j != NULL);
	CHECK_STR(json_get_str(j, "Name", ""), "/web");
	CHECK_STR(json_get_str(j, "Path", ""), "sleep");
	CHECK_STR(json_get_str(json_object_get(j, "State"), "Status", ""), "created");
	json_t *ports = json_object_get(json_object_get(j, "HostConfig"), "PortBindings");
	json_t *first = json_array_get(json_object_get(ports, "80/tcp"), 0);
	CHECK_STR(json_get_str(first, "HostPort", ""), "8080");
	world_close(&w);
}

static void
restart_policies_are_read(void)
{
	struct restart_policy p;
	struct err err = ERR_INIT;

	CHECK_INT(restart_parse("on-failure:3", &p, &err), 0);
	CHECK_INT(p.kind, RESTART_FAILURE);
	CHECK_INT(p.max, 3);
	CHECK_INT(restart_parse("unless-stopped", &p, &err), 0);
	CHECK_INT(p.kind, RESTART_UNLESS_STOPPED);
	CHECK_INT(restart_parse("", &p, &err), 0);
	CHECK_INT(p.kind, RESTART_NO);
	CHECK_INT(restart_parse("always:2", &p, &err), -1);
	CHECK_INT(restart_parse("on-failure:x", &p, &err), -1);
	CHECK_INT(restart_parse("alwaysx", &p, &err), -1);
	CHECK(strstr(err.text, "unknown policy 'alwaysx'") != NULL);
}

static void
restarts_wait_longer_each_time(void)
{
	struct restart_policy always = {.kind = RESTART_ALWAYS};
	struct restart_policy twice = {.kind = RESTART_FAILURE, .max = 2};
	struct restart_history h = {.count = 0};
	const int64_t ms = NS_PER_S / 1000;
	char home[] = "/tmp/drydock-test-XXXXXX";

	CHECK(mkdtemp(home) != NULL);
	cleanup_fd int dir = open(home, O_PATH | O_DIRECTORY | O_CLOEXEC);
	CHECK(restart_due(&h, dir, &always, 0, ms));
	CHECK_INT(h.delay, 100 * ms);
	CHECK(restart_due(&h, dir, &always, 0, ms));
	CHECK_INT(h.delay, 200 * ms);
	for (int i = 0; i < 12; i++)
		CHECK(restart_due(&h, dir, &always, 0, ms));
	CHECK_INT(h.delay, 60 * NS_PER_S);
	CHECK(restart_due(&h, dir, &always, 0, 10 * NS_PER_S));
	CHECK_INT(h.delay, 100 * ms);
	h = (struct restart_history){.count = 0};
	CHECK(!restart_due(&h, dir, &twice, 0, ms));
	CHECK(restart_due(&h, dir, &twice, 1, ms));
	CHECK(restart_due(&h, dir, &twice, 1, ms));
	CHECK(!restart_due(&h, dir, &twice, 1, ms));
	CHECK_INT(restart_forbid(dir, NULL), 0);
	CHECK(!restart_due(&h, dir, &always, 1, ms));
	restart_allow(dir);
	CHECK(restart_due(&h, dir, &always, 1, ms));
	fd_remove_tree(AT_FDCWD, home);
}

static void
mounts_survive(void)
{
	cleanup_container_config struct container_config *c = new_config("web"),
							 *back = NULL;
	struct container_mount *m = container_add_mount(c, CONTAINER_BIND, "/app/../x/");

	m->source = xstrdup("/home/a");
	m->readonly = m->make = true;
	m = container_add_mount(c, CONTAINER_TMPFS, "/t");
	m->options = xstrdup("size=1m");
	cleanup_json json_t *j = config_to_json(c);
	back = config_from_json(j);
	CHECK_INT(back->nmounts, 2);
	CHECK_STR(back->mounts[0].source, "/home/a");
	CHECK_STR(back->mounts[0].target, "/x");
	CHECK(back->mounts[0].readonly && back->mounts[0].make);
	CHECK(container_mount_at(back, "/t/") == &back->mounts[1]);
	CHECK(container_mount_at(back, "/y") == NULL);
	cleanup_json json_t *tmpfs = mounts_tmpfs(back);
	CHECK_STR(json_get_str(tmpfs, "/t", ""), "size=1m");
}

static void
volumes_are_found(void)
{
	cleanup_vec struct vec labels = VEC_INIT, names = VEC_INIT, back = VEC_INIT;
	struct world w;
	struct err err = ERR_INIT;

	world_open(&w);
	vec_add(&labels, "course=a=b");
	CHECK_INT(container_volume_make(w.session, "data", &labels, &err), 0);
	CHECK_INT(container_volume_make(w.session, "data", &names, &err), 0);
	CHECK_INT(container_volume_make(w.session, "../x", &labels, &err), -1);
	CHECK_INT(container_volume_make(w.session, "a", &labels, &err), -1);
	container_volume_list(w.session, &names);
	CHECK_INT(names.len, 1);
	CHECK_STR(names.v[0], "data");
	CHECK_INT(container_volume_labels(w.session, "data", &back, &err), 0);
	CHECK_STR(vec_env_get(&back, "course"), "a=b");
	cleanup_json json_t *j = container_volume_inspect(w.session, "data", &err);
	CHECK_STR(json_get_str(j, "Name", ""), "data");
	cleanup_fd int fd = volume_open(w.session, "data", &err);
	CHECK(fd >= 0);
	CHECK_INT(volume_open(w.session, "none", &err), -1);
	CHECK_STR(err.text, "get none: no such volume");
	world_close(&w);
}

enum { TYPISTS = 4, TYPED = 12 };

/* A program that begins to read late, and counts. */
static pid_t
slow_reader(int in, int result, int theirs)
{
	pid_t pid = fork();
	char data[4096];
	long long sum = 0;
	ssize_t n;

	if (pid != 0)
		return pid;
	close(theirs);
	usleep(50000);
	while ((n = read(in, data, sizeof data)) > 0)
		sum += n;
	_exit(write(result, &sum, sizeof sum) != sizeof sum);
}

/* Types as fast as it can, and leaves. */
static pid_t
typist(int sock)
{
	static char page[WIRE_MAX];
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	for (int i = 0; i < TYPED; i++)
		wire_send(sock, WIRE_IN, page, sizeof page, 0);
	_exit(0);
}

/* The input ends when all have left. */
static int64_t
all_typed(struct relay *r, void *arg)
{
	(void)arg;
	if (r->nclients > 0)
		return clock_mono() + NS_PER_S / 200;
	r->in_once = r->input_ended = true;
	if (r->input.len == 0)
		fd_close_p(&r->in);
	return 0;
}

static void
typists_at_once_lose_nothing(void)
{
	int in[2], result[2], pair[2];
	pid_t typists[TYPISTS], program;
	struct relay r;
	long long sum = 0;

	CHECK(pipe2(in, O_CLOEXEC) == 0 && pipe2(result, O_CLOEXEC) == 0);
	program = slow_reader(in[0], result[1], in[1]);
	relay_init(&r);
	r.pidfd = proc_pidfd(program);
	r.in = in[1];
	for (int i = 0; i < TYPISTS; i++) {
		CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0);
		typists[i] = typist(pair[1]);
		close(pair[1]);
		relay_add_client(&r, pair[0], true, false);
	}
	r.tick = all_typed;
	r.due = 1;
	relay_run(&r);
	relay_done(&r, 0);
	for (int i = 0; i < TYPISTS; i++)
		CHECK_INT(proc_wait(typists[i]), 0);
	CHECK_INT(proc_wait(program), 0);
	CHECK_INT(read(result[0], &sum, sizeof sum), sizeof sum);
	CHECK_INT(sum, (long long)TYPISTS * TYPED * WIRE_MAX);
}

TEST_MAIN({"typists at once lose nothing", typists_at_once_lose_nothing},
    {"volumes are made once and found", volumes_are_found},
    {"a container's mounts survive", mounts_survive},
    {"a container's record survives", records_survive},
    {"names are unique, well-formed, or invented", names_are_unique},
    {"containers are found by id, name and prefix", containers_are_found},
    {"the state is read from records and the lock", states_are_read},
    {"a rename moves the name", a_rename_moves_the_name},
    {"logs come back as they were", logs_come_back},
    {"inspect has Docker's shape", inspect_has_the_shape_of_docker},
    {"restart policies are read as Docker reads them", restart_policies_are_read},
    {"restarts wait longer each time, and stop", restarts_wait_longer_each_time})
