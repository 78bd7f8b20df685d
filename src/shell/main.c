/*
 * main.c - the program: options, what must be open, the way in and out
 */
#include "src/shell/private.h"
#include "src/shell/shell.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct options {
	const char *lesson, *workspace;
	bool here, private_network;
};

static const char usage[] =
    "Usage: drydock [learn] [--here | --workspace DIR] [--private] [LESSON]\n"
    "\n"
    "Learn Docker in a shell of your own. LESSON: a number, a name, or any .md file;\n"
    "without one you go on where you were.\n"
    "\n"
    "  --here            the current folder is the workspace (else ~/drydock/COURSE)\n"
    "  --workspace DIR   this folder is\n"
    "  --private         a localhost of your own: published ports are not this "
    "machine's\n"
    "\n"
    "Commands may come from a file: drydock learn LESSON < script\n"
    "prints plain text and exits with 0 only when the lesson is complete.\n";

/* 1: go on; else the exit code is *ret_code. */
static int
parse_options(int argc, char **argv, struct options *o, int *ret_code)
{
	for (int i = 1; i < argc; i++) {
		const char *dir = str_after(argv[i], "--workspace=");

		if (i == 1 && str_eq(argv[i], "learn"))
			continue;
		if (str_eq(argv[i], "--help") || str_eq(argv[i], "-h")) {
			fputs(usage, stdout);
			*ret_code = 0;
			return 0;
		}
		if (str_eq(argv[i], "--here"))
			o->here = true;
		else if (str_eq(argv[i], "--private"))
			o->private_network = true;
		else if (dir != NULL)
			o->workspace = dir;
		else if (str_eq(argv[i], "--workspace") && i + 1 < argc)
			o->workspace = argv[++i];
		else if (argv[i][0] != '-' && o->lesson == NULL)
			o->lesson = argv[i];
		else {
			fprintf(stderr, "drydock: '%s' is not understood\n\n%s", argv[i],
			    usage);
			*ret_code = 2;
			return 0;
		}
	}
	return 1;
}

/* Gives the absolute path of the workspace, which exists then. */
static char *
make_workspace(const struct options *o, const char *course, struct err *err)
{
	const char *home = getenv("HOME");
	cleanup_free char *dir = NULL;
	char *real;

	if (o->here)
		dir = xstrdup(".");
	else if (o->workspace != NULL)
		dir = xstrdup(o->workspace);
	else
		dir = xasprintf("%s/drydock/%s", home ? home : "", course);
	if (!o->here && fd_mkdirs(AT_FDCWD, dir, 0755, err) < 0)
		return NULL;
	real = realpath(dir, NULL);
	if (real == NULL)
		err_sys(err, "cannot find the workspace '%s'", dir);
	if (real != NULL && str_eq(real, "/")) {
		err_set(err, ERR_INPUT, "the root folder cannot be the workspace");
		free(real);
		return NULL;
	}
	return real;
}

/* Which lesson; without an argument the one that was open last. */
static int
choose_lesson(const struct options *o, struct course *ret, struct err *err)
{
	cleanup_vec struct vec paths = VEC_INIT;
	cleanup_store struct store *store = NULL;
	cleanup_session struct session *session = NULL;
	cleanup_free char *last = NULL;

	course_list(&paths);
	if (o->lesson == NULL && store_open(NULL, &store, NULL) == 0 &&
	    session_open(store, "course", &session, NULL) == 0)
		last = progress_last(session_dir(session));
	if (last != NULL && course_find(last, &paths, ret, NULL) == 0)
		return 0;
	return course_find(o->lesson, &paths, ret, err);
}

static struct lesson *
load_lesson(const struct course *c, struct err *err)
{
	cleanup_buf struct buf text = BUF_INIT(LESSON_MAX + 1);
	struct lesson *l;

	if (fd_read_file(AT_FDCWD, c->path, &text, err) < 0)
		return NULL;
	l = lesson_load(text.s, text.len, path_base(c->path));
	if (l->nsteps == 0) {
		err_set(err, ERR_INPUT, "'%s' has no steps", c->path);
		lesson_free(l);
		return NULL;
	}
	return l;
}

static void
print_out(void *arg, const char *text, size_t len)
{
	(void)arg;
	fd_write_all(STDOUT_FILENO, text, len);
}

static int
watch_workstation(void *arg)
{
	return workstation_fd(((struct shell *)arg)->workstation);
}

static void
idle_output(void *arg, const char *data, size_t len)
{
	struct shell *sh = arg;

	sh->print(sh->print_arg, data, len);
}

static void
show_idle(void *arg)
{
	struct shell *sh = arg;
	struct workstation_io io = {.terminal = -1, .out = idle_output, .arg = sh};

	workstation_idle(sh->workstation, &io);
}

static void
open_screen(struct shell *sh)
{
	const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
	bool tty = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);

	sh->print = print_out;
	sh->terminal = tty ? STDIN_FILENO : -1;
	sh->width = 80;
	view_measure(sh);
	sh->color = tty && (no_color == NULL || *no_color == '\0') &&
		    !(term != NULL && str_eq(term, "dumb"));
}

static void
open_edit(struct shell *sh)
{
	struct edit_hooks hooks = {.arg = sh,
	    .watch = watch_workstation,
	    .idle = show_idle,
	    .complete = complete_line};
	cleanup_free char *history =
	    xasprintf("%s/sessions/%s/history", store_home(sandbox_store(sh->sandbox)),
		session_name(sandbox_session(sh->sandbox)));

	if (sh->terminal >= 0)
		sh->edit = edit_readline(&hooks, history);
	else
		sh->edit = edit_stream(STDIN_FILENO);
}

/* Everything that takes time is started before the lesson is read. */
static int
open_all(struct shell *sh, const struct options *o, struct err *err)
{
	struct workstation_opts w = {.plain = sh->terminal < 0};
	struct winsize size;

	if (choose_lesson(o, &sh->course, err) < 0)
		return -1;
	sh->workspace = make_workspace(o, sh->course.name, err);
	if (sh->workspace == NULL ||
	    sandbox_open(sh->course.name,
		o->private_network ? SANDBOX_OUTER_PRIVATE : SANDBOX_OUTER_HOST,
		&sh->sandbox, err) < 0)
		return -1;
	w.sandbox = sh->sandbox;
	w.workspace = sh->workspace;
	if (sh->terminal >= 0 && ioctl(sh->terminal, TIOCGWINSZ, &size) == 0) {
		w.rows = size.ws_row;
		w.cols = size.ws_col;
	}
	if (workstation_open(&w, &sh->workstation, err) < 0)
		return -1;
	sh->lesson = load_lesson(&sh->course, err);
	if (sh->lesson == NULL)
		return -1;
	progress_load(
	    &sh->progress, session_dir(sandbox_session(sh->sandbox)), sh->course.lesson);
	sh->judge = judge_open(sh->sandbox, sh->lesson, sh->workspace, &sh->values);
	values_load(sh);
	open_edit(sh);
	sh->plain_private = o->private_network;
	sh->shells = openat(session_dir(sandbox_session(sh->sandbox)), "shells",
	    O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	return 0;
}

static void
close_all(struct shell *sh)
{
	if (sh->edit != NULL)
		sh->edit->free(sh->edit);
	judge_close(&sh->judge);
	vec_done(&sh->values);
	judge_results_done(&sh->seen);
	buf_done(&sh->tail);
	buf_done(&sh->last);
	fd_close_p(&sh->shells);
	progress_done(&sh->progress);
	lesson_free(sh->lesson);
	workstation_free(sh->workstation);
	sandbox_free(sh->sandbox);
	course_done(&sh->course);
	free(sh->workspace);
}

/* Somebody may have ended us in the middle of going to another time. */
static void
finish_travel(struct shell *sh)
{
	cleanup_vec struct vec told = VEC_INIT;
	struct err err = ERR_INIT;

	if (sandbox_checkpoint_finish(sh->sandbox, sh->workspace, &told, &err) < 0)
		view_error(sh, &err);
	for (size_t i = 0; i < told.len; i++)
		view_text(sh, "(%s.)\n", told.v[i]);
}

static void
begin(struct shell *sh)
{
	const char *anchor = progress_step(&sh->progress);
	int step = anchor != NULL ? lesson_find(sh->lesson, anchor) : 0;

	if (step > 0) {
		view_styled(sh, "bold", "Welcome back to \"%s\".", sh->lesson->title);
		view_text(sh, "\n");
	}
	if (!shell_alone(sh)) {
		view_styled(sh, "yellow",
		    "Another shell is open in this course: both share its files, images "
		    "and containers.");
		view_text(sh, "\n");
	}
	for (size_t i = 0; i < sh->lesson->nwarnings; i++)
		if (sh->lesson->warnings[i].mistake)
			view_styled(sh, "yellow", "%s:%d: %s\n", sh->lesson->name,
			    sh->lesson->warnings[i].line, sh->lesson->warnings[i].text);
	finish_travel(sh);
	if (step <= 0)
		missing_tell(sh);
	shell_enter(sh, step > 0 ? (size_t)step : 0, true);
	travel_arrived(sh, false);
}

/* Keys for a command or a line must not end the shell in the moments between: while
 * something is judged, or printed.  (readline is told of Ctrl-C all the same, and every
 * process that we start has the defaults.) */
static void
keep_signals(const struct shell *sh)
{
	if (sh->terminal < 0)
		return;
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	signal(SIGTSTP, SIG_IGN);
}

int
shell_main(int argc, char **argv)
{
	struct shell sh = {.tail = BUF_INIT(64 << 10),
	    .last = BUF_INIT(BUF_OURS),
	    .shells = -1,
	    .values = VEC_INIT,
	    .progress = {.dir = -1},
	    .terminal = -1};
	struct options o = {0};
	struct err err = ERR_INIT;
	int code = 1;

	if (parse_options(argc, argv, &o, &code) == 0)
		return code;
	open_screen(&sh);
	if (open_all(&sh, &o, &err) < 0) {
		fprintf(stderr, "drydock: %s\n", err.text);
		if (err.hint[0] != '\0')
			fprintf(stderr, "%s\n", err.hint);
	} else {
		keep_signals(&sh);
		if (sh.terminal >= 0 && sh.judge.tell != NULL)
			sh.judge.tell(sh.judge.arg, verdict_waits, &sh);
		begin(&sh);
		code = shell_loop(&sh);
		if (sh.terminal >= 0)
			view_text(&sh, "Everything is kept. `drydock` goes on here.\n");
	}
	close_all(&sh);
	return code;
}
