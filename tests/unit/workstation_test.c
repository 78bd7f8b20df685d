/*
 * workstation_test.c - the conversation with bash, on a pty, without a container
 */
#include "src/workstation/private.h"
#include "src/workstation/wire.h"
#include "tests/unit/test.h"
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct buf seen = BUF_INIT(1 << 20);

static void
see(void *arg, const char *data, size_t len)
{
	(void)arg;
	buf_add(&seen, data, len);
}

static struct workstation *
bash_in(const char *folder, bool plain)
{
	struct workstation_opts o = {.workspace = folder, .plain = plain};
	struct workstation *w = NULL;
	struct err err = ERR_INIT;

	buf_clear(&seen);
	if (workstation_open(&o, &w, &err) < 0 || workstation_wait(w, &err) < 0) {
		printf("# %s\n", err.text);
		CHECK(!"bash starts");
	}
	return w;
}

/* Runs the line; what it prints is in seen. */
static int
run(struct workstation *w, const char *line)
{
	struct workstation_io io = {.terminal = -1, .out = see};
	struct err err = ERR_INIT;
	int status = -1;

	buf_clear(&seen);
	if (workstation_run(w, line, &io, &status, &err) < 0)
		return -1;
	return status;
}

/* Runs the line while another process types keys after a moment. */
static int
run_typing(struct workstation *w, const char *line, const char *keys)
{
	struct workstation_io io = {.out = see};
	struct err err = ERR_INIT;
	int pipes[2], status = -1;
	pid_t typist;

	CHECK(pipe2(pipes, O_CLOEXEC) == 0);
	typist = fork();
	if (typist == 0) {
		usleep(400000);
		if (write(pipes[1], keys, strlen(keys)) < 0)
			_exit(1);
		usleep(3000000);
		_exit(0);
	}
	close(pipes[1]);
	io.terminal = pipes[0];
	buf_clear(&seen);
	if (workstation_run(w, line, &io, &status, &err) < 0)
		status = -1;
	kill(typist, SIGKILL);
	proc_wait(typist);
	close(pipes[0]);
	return status;
}

static void
keeps_state(void)
{
	cleanup_workstation struct workstation *w = bash_in("/tmp", true);

	CHECK_INT(run(w, "x=5; alias hi='echo hello'"), 0);
	CHECK_INT(run(w, "hi $x; false"), 1);
	CHECK_STR(seen.s, "hello 5\n");
	CHECK_INT(run(w, "echo $?"), 0);
	CHECK_STR(seen.s, "1\n");
	CHECK_INT(run(w, "cd /usr"), 0);
	CHECK_STR(workstation_cwd(w), "/usr");
	CHECK_INT(run(w, "return 3"), 3);
	CHECK_INT(run(w, "(exit 42)"), 42);
	CHECK_INT(run(w, "history | tail -1"), 0);
	CHECK(strstr(seen.s, "history | tail -1") != NULL);
}

static void
takes_many_lines(void)
{
	cleanup_workstation struct workstation *w = bash_in("/tmp", true);

	CHECK_INT(run(w, "cat <<'EOF' | tr a-z A-Z\none 'two\nthree\nEOF"), 0);
	CHECK_STR(seen.s, "ONE 'TWO\nTHREE\n");
	CHECK_INT(run(w, "for i in 1 2; do\necho $i\ndone"), 0);
	CHECK_STR(seen.s, "1\n2\n");
	CHECK_INT(run(w, "f() {\nread -r x; echo \"[$x]\"\n}; f <<< 'a b'"), 0);
	CHECK_STR(seen.s, "[a b]\n");
}

static void
survives_errors(void)
{
	cleanup_workstation struct workstation *w = bash_in("/tmp", true);

	CHECK_INT(run(w, "if then"), 2);
	CHECK(strstr(seen.s, "syntax error") != NULL);
	CHECK_INT(run(w, "echo 'open"), 2);
	CHECK_INT(run(w, "set -u; echo $nothing_of_that_name"), 1);
	CHECK_INT(run(w, "set +u; ${nothing:?gone}"), 1);
	CHECK_INT(run(w, "break; echo on"), 0);
	CHECK_INT(run(w, "exec 3>/dev/null; echo lost >&3; echo there"), 0);
	CHECK_STR(seen.s, "there\n");
	CHECK_INT(run(w, "nonesuchcommand"), 127);
	CHECK_INT(run(w, "cat"), 0); /* no standard input when plain */
}

static void
is_not_fooled(void)
{
	cleanup_workstation struct workstation *w = bash_in("/tmp", true);

	CHECK_INT(
	    run(w, "printf '\\0000\\00099\\000/lie\\000\\000ready\\000'; false"), 1);
	CHECK_STR(workstation_cwd(w), "/tmp");
	CHECK_INT(run(w, "echo x >&199"), 1);
	CHECK_INT(run(w, "echo x >&195 || bash -c 'echo x >&198'"), 1);
	CHECK_INT(run(w, "echo fine"), 0);
	CHECK_STR(seen.s, "fine\n");
}

static void
interrupts(void)
{
	cleanup_workstation struct workstation *w = bash_in("/tmp", false);

	CHECK_INT(run_typing(w, "sleep 9", "\003"), 130);
	CHECK_INT(run_typing(w, "while :; do :; done", "\003"), 130);
	CHECK_INT(run_typing(w, "sleep 9", "\032"), 148);
	CHECK_INT(run(w, "jobs"), 0);
	CHECK(strstr(seen.s, "Stopped") != NULL);
	CHECK_INT(run(w, "kill %1"), 0);
	CHECK_INT(run_typing(w, "for i in 1 2; do sleep 9; done", "\032"), 148);
	CHECK_INT(run_typing(w, "fg", "\003"), 130);
}

static void
passes_keys(void)
{
	cleanup_workstation struct workstation *w = bash_in("/tmp", false);

	CHECK_INT(run_typing(w, "read -p 'name? ' n; echo \"[$n]\"", "ada\n"), 0);
	CHECK(strstr(seen.s, "[ada]\r\n") != NULL);
	CHECK_INT(run_typing(w, "cat", "one\n\004"), 0);
	CHECK_INT(run_typing(w, "stty raw -echo; sleep 1", "typed too early\n"), 0);
	/* The terminal is itself again, and the keys are the next prompt's. */
	CHECK_STR(workstation_unread(w), "typed too early\n");
	CHECK_INT(run_typing(w, "head -1", "mine\n"), 0);
	CHECK_STR(seen.s, "mine\r\nmine\r\n");
	CHECK_STR(workstation_unread(w), "");
	CHECK_INT(run_typing(w, "sleep 1; echo $?", "ls\nunfinis"), 0);
	CHECK_STR(workstation_unread(w), "ls\nunfinis");
	CHECK_INT(run_typing(w, "sleep 1", "a\n\004b\004"), 0);
	CHECK_STR(workstation_unread(w), "a\n\004b\004");
}

static void
shows_all_output(void)
{
	cleanup_workstation struct workstation *w = bash_in("/tmp", true);

	CHECK_INT(run(w, "seq 1 20000"), 0);
	CHECK_INT((long long)seen.len, 108894);
	CHECK_STR(seen.s + seen.len - 6, "20000\n");
}

static void
reports_jobs(void)
{
	cleanup_workstation struct workstation *w = bash_in("/tmp", true);
	struct workstation_io io = {.terminal = -1, .out = see};
	struct pollfd p = {.fd = workstation_fd(w), .events = POLLIN};

	CHECK_INT(run(w, "(sleep 0.3; echo later) &"), 0);
	CHECK(strstr(seen.s, "Running") == NULL);
	buf_clear(&seen);
	CHECK_INT(poll(&p, 1, 3000), 1);
	workstation_idle(w, &io);
	CHECK_STR(seen.s, "later\n");
	CHECK_INT(run(w, "sleep 0.2"), 0);
	CHECK(strstr(seen.s, "Done") != NULL);
}

static void
starts_again(void)
{
	cleanup_workstation struct workstation *w = bash_in("/tmp", true);

	CHECK_INT(run(w, "cd /usr; exit 3"), -1);
	CHECK_STR(workstation_cwd(w), "/tmp");
	CHECK_INT(run(w, "echo again"), 0);
	CHECK_STR(seen.s, "again\n");
	CHECK_INT(run(w, "kill -9 $$"), -1);
	CHECK_INT(run(w, "pwd"), 0);
	CHECK_STR(seen.s, "/tmp\n");
}

static void
completes(void)
{
	cleanup_vec struct vec names = VEC_INIT, commands = VEC_INIT;
	char folder[] = "/tmp/ws-test-XXXXXX";
	cleanup_workstation struct workstation *w = NULL;
	cleanup_fd int at = -1;
	struct err err = ERR_INIT;

	CHECK(mkdtemp(folder) != NULL);
	at = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK(mkdirat(at, "app", 0755) == 0);
	CHECK(fd_write_file(at, "app's file", "", 0, 0644, &err) == 0);
	w = bash_in(folder, true);
	CHECK_INT(run(w, "(exit 9)"), 9);
	CHECK(workstation_complete(w, WORKSTATION_FILES, "ap", &names, &err) == 0);
	vec_sort(&names);
	CHECK_INT((long long)names.len, 2);
	CHECK_STR(names.v[0], "app's file");
	CHECK_STR(names.v[1], "app/");
	CHECK(workstation_complete(w, WORKSTATION_FILES, "app'", &names, &err) == 0);
	CHECK_INT((long long)names.len, 3);
	CHECK(workstation_complete(w, WORKSTATION_COMMANDS, "histor", &commands, &err) ==
	      0);
	CHECK_STR(commands.v[0], "history");
	CHECK_INT(run(w, "echo $?"), 0); /* asking has not changed it */
	CHECK_STR(seen.s, "9\n");
	CHECK(fd_remove_tree(AT_FDCWD, folder) == 0);
}

static void
knows_its_size(void)
{
	cleanup_workstation struct workstation *w = bash_in("/tmp", true);

	CHECK_INT(run(w, "stty size <&1"), 0);
	CHECK_STR(seen.s, "24 80\n");
	workstation_resize(w, 33, 101);
	CHECK_INT(run(w, "stty size <&1"), 0);
	CHECK_STR(seen.s, "33 101\n");
}

static void
parses_records(void)
{
	static const char text[] = "a\nb\0"
				   "130\0/x y\0\0ready\0rest";
	cleanup_bash_record struct bash_record r = {0};

	CHECK_INT((long long)bash_parse(text, 12, &r), 0);
	CHECK_INT((long long)bash_parse(text, sizeof text - 1, &r), 20);
	CHECK_STR(r.answer, "a\nb");
	CHECK_INT(r.status, 130);
	CHECK_STR(r.cwd, "/x y");
	CHECK_STR(r.jobs, "");
}

/* Ctrl-C has ended a prompt in the middle of its answer. */
static void
parses_torn_records(void)
{
	static const char text[] = "17;a;b\0"
				   "130\0"
				   "\0"
				   "1\0/x\0[1] Done\n\0ready\0";
	cleanup_bash_record struct bash_record r = {0};

	CHECK_INT((long long)bash_parse(text, sizeof text - 1, &r), sizeof text - 1);
	CHECK_INT((long long)r.number, 17);
	CHECK_STR(r.answer, "a;b");
	CHECK_INT(r.status, 1);
	CHECK_STR(r.cwd, "/x");
	CHECK_STR(r.jobs, "[1] Done\n");
}

/* What docker reads of its terminal within a moment, as text. */
static const char *
read_slave(int slave)
{
	static char got[64];
	ssize_t n = 0;

	if (fd_wait_readable(slave, 2000) > 0)
		n = read(slave, got, sizeof got - 1);
	got[n > 0 ? n : 0] = '\0';
	return got;
}

static void
passes_keys_to_docker(void)
{
	struct terminal t = TERMINAL_INIT;
	cleanup_fd int slave = -1;
	struct err err = ERR_INIT;
	struct winsize size;

	CHECK(terminal_open(&t, 30, 70, &slave, &err) == 0);
	CHECK(isatty(slave) && ioctl(slave, TIOCGWINSZ, &size) == 0);
	CHECK(size.ws_row == 30 && size.ws_col == 70);
	/* Nobody has asked for keys: none are taken. */
	CHECK(!terminal_wants(&t));
	terminal_type(&t, "early\n", 6);
	CHECK(fd_wait_readable(slave, 50) == 0);
	CHECK(write(t.tell, "1", 1) == 1);
	CHECK(terminal_wants(&t) && !terminal_wants(&t));
	terminal_type(&t, "y\n", 2);
	CHECK_STR(read_slave(slave), "y\n");
	CHECK(!terminal_wants(&t)); /* it was to be one read */
	CHECK(write(t.tell, "*", 1) == 1);
	CHECK(terminal_wants(&t));
	terminal_type(&t, "\001\003\004\021\023\026\177\r", 8); /* no byte is special */
	CHECK_STR(read_slave(slave), "\001\003\004\021\023\026\177\r");
	CHECK(terminal_wants(&t));
	terminal_type(&t, "", 0); /* the end */
	CHECK_INT(fd_wait_readable(slave, 2000), 1);
	CHECK_STR(read_slave(slave), "");
	CHECK(!terminal_wants(&t));
	terminal_close(&t);
}

static void
tells_raw_mode(void)
{
	struct terminal t = TERMINAL_INIT;
	cleanup_fd int slave = -1;
	struct err err = ERR_INIT;
	struct termios saved, raw;
	struct pollfd p = {.events = POLLIN | POLLPRI};
	char frame[64];

	CHECK(terminal_open(&t, 24, 80, &slave, &err) == 0);
	CHECK(!terminal_mode_changed(&t));
	CHECK(write(slave, "a\n", 2) == 2);
	CHECK_INT(terminal_read(&t, frame, sizeof frame), 3);
	CHECK(memcmp(frame + 1, "a\n", 2) == 0); /* no \r is put in */
	CHECK_INT(terminal_read(&t, frame, sizeof frame), 0);
	CHECK(tcgetattr(slave, &saved) == 0);
	raw = saved;
	cfmakeraw(&raw);
	CHECK(tcsetattr(slave, TCSANOW, &raw) == 0);
	p.fd = t.master;
	CHECK_INT(poll(&p, 1, 0), 1); /* at once, without any output */
	CHECK_INT(terminal_read(&t, frame, sizeof frame), 1);
	CHECK(terminal_mode_changed(&t) && t.raw && !terminal_mode_changed(&t));
	CHECK(write(t.tell, "*", 1) == 1 && terminal_wants(&t));
	terminal_type(&t, "\004x", 2);
	CHECK_STR(read_slave(slave), "\004x");
	CHECK(tcsetattr(slave, TCSANOW, &saved) == 0);
	CHECK_INT(poll(&p, 1, 0), 1);
	CHECK(terminal_mode_changed(&t) && !t.raw);
	fd_close_p(&slave);
	while (terminal_read(&t, frame, sizeof frame) > 0)
		continue;
	CHECK_INT(terminal_read(&t, frame, sizeof frame), -1);
	terminal_close(&t);
}

/* The user's terminal: SIGTERM waits until it is itself again. */
static void
ends_in_order(void)
{
	struct terminal t = TERMINAL_INIT; /* only for its pty */
	cleanup_fd int slave = -1;
	struct err err = ERR_INIT;
	struct termios saved, now;
	int status;
	pid_t pid;

	CHECK(terminal_open(&t, 24, 80, &slave, &err) == 0);
	CHECK(tcgetattr(slave, &saved) == 0);
	pid = fork();
	if (pid == 0) {
		struct workstation_opts o = {.workspace = "/tmp"};
		struct workstation_io io = {.terminal = slave, .out = see};
		struct workstation *w;

		if (workstation_open(&o, &w, &err) == 0)
			workstation_run(w, "sleep 100", &io, &status, &err);
		_exit(1);
	}
	for (int i = 0; i < 500 && !terminal_mode_changed(&t); i++)
		usleep(10000);
	CHECK(t.raw);
	CHECK(kill(pid, SIGTERM) == 0);
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	CHECK(tcgetattr(slave, &now) == 0 && now.c_lflag == saved.c_lflag);
	terminal_close(&t);
}

/* Serves one hello; false when the connection was closed without a frame. */
static bool
is_served(const void *hello, size_t len, const int *fds, size_t nfds)
{
	int pair[2];
	char frame[64];
	ssize_t n;

	CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0);
	CHECK(fd_send_fds(pair[0], hello, len, fds, nfds) == (ssize_t)len);
	/* Without a sandbox it could start nothing: a hello that gets so far crashes. */
	connection_serve(NULL, pair[1]);
	close(pair[1]);
	n = recv(pair[0], frame, sizeof frame, 0);
	close(pair[0]);
	return n > 0;
}

static void
refuses_bad_hellos(void)
{
	struct {
		struct wire_hello head;
		char strings[16];
	} h = {.head = {.version = WIRE_VERSION, .argc = 1}, .strings = "/w\0ps"};
	size_t len = sizeof h.head + sizeof "/w\0ps";
	cleanup_fd int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fds[] = {root, root, root};

	CHECK(!is_served(&h, 3, fds, 2));
	CHECK(!is_served(&h, len, fds, 1));
	CHECK(!is_served(&h, len, fds, 3)); /* one more than was announced */
	CHECK(!is_served(&h, len - 1, fds, 2));
	CHECK(!is_served(&h, len + 2, fds, 2)); /* bytes after the last string */
	h.head.argc = 0xffffffff;
	CHECK(!is_served(&h, len, fds, 2));
	h.head.argc = 1;
	h.head.given = 7; /* three streams, none came */
	CHECK(!is_served(&h, len, fds, 2));
	h.head.given = 0;
	h.head.version++;
	CHECK(!is_served(&h, len, fds, 2));
	h.head.version--;
	h.strings[0] = 'w'; /* a folder that is no absolute path */
	CHECK(!is_served(&h, len, fds, 2));
}

/* A server in front: Ctrl-C first, and what does not hear it takes bash along. */
static void
limits(void)
{
	cleanup_workstation struct workstation *w = bash_in("/", true);
	struct workstation_io io = {.terminal = -1, .out = see, .limit_s = 1};
	int64_t begin = clock_mono();
	struct err err = ERR_INIT;
	int status = -1;

	CHECK(workstation_run(w, "sleep 60", &io, &status, &err) == 0);
	CHECK_INT(status, 130);
	CHECK(workstation_run(w, "while :; do echo y; done", &io, &status, &err) == 0);
	CHECK_INT(status, 130);
	CHECK(workstation_run(w, "true", &io, &status, &err) == 0);
	CHECK_INT(status, 0);
	CHECK(workstation_run(w, "(trap '' INT; exec sleep 60)", &io, &status, &err) < 0);
	CHECK(clock_mono() - begin < 30 * NS_PER_S);
	CHECK_INT(run(w, "exit 7 | false; true"), 0);
}

TEST_MAIN({"bash keeps folder, variables, aliases and status between lines", keeps_state},
    {"a line may hold here-documents, loops and functions", takes_many_lines},
    {"errors of the line never end the conversation", survives_errors},
    {"nothing that a command prints is taken for an answer", is_not_fooled},
    {"Ctrl-C and Ctrl-Z bring the next prompt", interrupts},
    {"keys reach the command, and only it", passes_keys},
    {"all output is there when the line has ended", shows_all_output},
    {"background jobs print between lines and are announced", reports_jobs},
    {"after exit or kill -9 a new bash starts", starts_again},
    {"bash completes files, folders and commands", completes},
    {"the pty has the size it is told", knows_its_size},
    {"a record is parsed when it is complete", parses_records},
    {"a record that was begun twice is one", parses_torn_records},
    {"docker gets keys when it asks, every byte of them", passes_keys_to_docker},
    {"docker's raw mode is seen at once", tells_raw_mode},
    {"SIGTERM during a command leaves the terminal as it was", ends_in_order},
    {"a line that runs too long is ended", limits},
    {"a hello that is not what it says is refused", refuses_bad_hellos})
