/*
 * look.c - words that show something, or hand it to a program of the student's
 */
#include "src/check/check.h"
#include "src/render/render.h"
#include "src/shell/private.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SHOWN_MAX = 256 << 10 };

/* The file's path in the workspace as a student who stands somewhere names it; NULL with
 * a message when it lies elsewhere.  Gives. */
static char *
place(struct shell *sh, const char *name)
{
	const char *cwd =
	    sh->workstation ? workstation_cwd(sh->workstation) : sh->workspace;
	cleanup_free char *path = name[0] == '/' ? xstrdup(name) : path_join(cwd, name);
	char *clean = path_clean(path);

	if (path_is_inside(clean, sh->workspace))
		return clean;
	view_text(sh, "%s is not in the workspace, %s\n", clean, sh->workspace);
	free(clean);
	return NULL;
}

/* Opened below the workspace, whatever links say.  -1 with errno. */
static int
open_place(struct shell *sh, const char *path, int flags)
{
	cleanup_fd int root = open(sh->workspace, O_PATH | O_DIRECTORY | O_CLOEXEC);
	const char *rest = path + strlen(sh->workspace);

	return root < 0 ? -1
			: fd_open_in(root, *rest == '\0' ? "." : rest + 1,
			      flags | O_CLOEXEC, flags & O_CREAT ? 0644 : 0);
}

static void
show_file(struct shell *sh, const char *name)
{
	struct render_opts o = {.width = sh->width, .color = sh->color};
	cleanup_free char *path = place(sh, name);
	cleanup_buf struct buf text = BUF_INIT(SHOWN_MAX), out = BUF_INIT(BUF_OURS);
	cleanup_fd int fd = -1;
	struct stat st;

	if (path == NULL)
		return;
	fd = open_place(sh, path, O_RDONLY | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		view_text(sh, "There is no file %s here.\n", name);
		return;
	}
	while (text.len < text.max && buf_read(&text, fd, text.max - text.len) > 0)
		continue;
	if (memchr(text.s, '\0', text.len) != NULL) {
		view_text(
		    sh, "%s is no text: %lld bytes.\n", name, (long long)st.st_size);
		return;
	}
	render_code(text.s, text.len, name, &o, &out);
	sh->print(sh->print_arg, out.s, out.len);
}

void
look_show(struct shell *sh, const char *arg)
{
	size_t now = sh->step;
	uint64_t n;

	if (arg[0] == '\0') {
		view_step(sh);
	} else if (str_to_u64(arg, sh->lesson->nsteps, &n) && n > 0) {
		sh->step = (size_t)n - 1;
		view_step(sh);
		sh->step = now;
	} else {
		show_file(sh, arg);
	}
}

/* ---- editing ---- */

static const char *
editor(void)
{
	static const char *const names[] = {"VISUAL", "EDITOR"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && *value != '\0')
			return value;
	}
	return NULL;
}

/* The student's own editor, on this machine: the file is an ordinary one. */
static void
edit_here(struct shell *sh, const char *path)
{
	cleanup_vec struct vec argv = VEC_INIT;
	struct proc_spec spec = {0};
	struct err err = ERR_INIT;

	vec_split(&argv, editor(), " ");
	vec_add(&argv, path);
	spec.argv = argv.v;
	if (proc_run(&spec, &err) < 0)
		view_error(sh, &err);
}

void
look_edit(struct shell *sh, const char *arg)
{
	static const struct judge_command none = {.text = "", .output = ""};
	cleanup_free char *path = NULL;

	if (arg[0] == '\0') {
		view_text(sh, "`edit` takes the name of a file.\n");
		return;
	}
	path = place(sh, arg);
	if (path == NULL)
		return;
	if (editor() != NULL && sh->terminal >= 0) {
		edit_here(sh, path);
		verdict_after(sh, &none);
	} else if (strchr(path, '\'') != NULL) {
		view_text(sh, "A file's name with a quote is beyond me.\n");
	} else {
		cleanup_free char *line = xasprintf("nano -- '%s'", path);

		shell_run(sh, line);
	}
}

/* ---- the browser ---- */

/* What the step sends the browser to, else the first port that is published. Gives. */
static char *
find_url(struct shell *sh)
{
	const struct lesson_step *s = &sh->lesson->steps[sh->step];
	cleanup_json json_t *all = NULL;
	const json_t *c;
	size_t i;

	if (s->url != NULL)
		return xstrdup(s->url);
	for (i = 0; i < s->nchecks; i++)
		if (s->checks[i].verb != NULL && s->checks[i].verb->id == VERB_HTTP &&
		    lesson_arg(&s->checks[i], "URL") != NULL)
			return xstrdup(lesson_arg(&s->checks[i], "URL"));
	all = sh->sandbox != NULL ? sandbox_fact_containers(sh->sandbox, NULL) : NULL;
	json_array_foreach(all, i, c)
	{
		long long port = json_get_int(
		    json_array_get(json_object_get(c, "ports"), 0), "host", 0);

		if (port > 0)
			return xasprintf("http://localhost:%lld/", port);
	}
	return NULL;
}

static bool
is_local(const char *url)
{
	static const char *const hosts[] = {
	    "http://localhost", "http://127.0.0.1", "http://0.0.0.0"};

	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		const char *rest = str_after(url, hosts[i]);

		if (rest != NULL && strchr(":/?#", *rest) != NULL)
			return true;
	}
	return false;
}

static bool
start_browser(const char *url)
{
	const char *browser = getenv("BROWSER");
	bool screen = getenv("DISPLAY") != NULL || getenv("WAYLAND_DISPLAY") != NULL;
	cleanup_vec struct vec argv = VEC_INIT;
	struct proc_spec spec = {.in = -1, .out = -1, .errfd = -1, .group = true};

	if (browser == NULL && !screen)
		return false;
	vec_split(&argv, browser != NULL ? browser : "xdg-open", " ");
	vec_add(&argv, url);
	spec.argv = argv.v;
	return proc_start(&spec, NULL) > 0;
}

void
look_open(struct shell *sh, const char *arg)
{
	cleanup_free char *url = arg[0] != '\0' ? xstrdup(arg) : find_url(sh);

	if (url == NULL) {
		view_text(sh, "Nothing is published: `docker run -p 5000:5000 ...` makes "
			      "a port of the container one of this machine.\n");
		return;
	}
	if (sh->plain_private) {
		view_text(sh,
		    "This shell has a localhost of its own (--private), which no browser "
		    "reaches. `curl %s` asks in its place.\n",
		    url);
		return;
	}
	if (is_local(url) && start_browser(url))
		view_text(sh, "Your browser shows %s\n", url);
	else
		view_text(sh, "Open this in your browser: %s\n", url);
}

/* ---- lists and reports ---- */

void
look_lessons(struct shell *sh, const char *arg)
{
	cleanup_vec struct vec paths = VEC_INIT;

	(void)arg;
	course_list(&paths);
	for (size_t i = 0; i < paths.len; i++) {
		cleanup_free char *name = course_lesson_name(paths.v[i]);
		cleanup_buf struct buf text = BUF_INIT(LESSON_MAX + 1);
		cleanup_lesson struct lesson *l = NULL;
		bool here = str_eq(name, sh->course.lesson);
		size_t reached =
		    sh->course.built_in ? progress_count(&sh->progress, name) : 0;

		if (fd_read_file(AT_FDCWD, paths.v[i], &text, NULL) < 0)
			continue;
		l = lesson_load(text.s, text.len, path_base(paths.v[i]));
		view_styled(sh,
		    here                   ? "bold"
		    : reached >= l->nsteps ? "green"
					   : "",
		    "  %s %zu. %s",
		    reached >= l->nsteps ? "✓"
		    : here               ? "▸"
					 : "·",
		    i + 1, l->title);
		view_styled(sh, "dim", "  %s, %zu of %zu steps%s", name, reached,
		    l->nsteps, here ? " <- open" : "");
		view_text(sh, "\n");
	}
	view_text(sh, "`quit`, then `drydock learn NAME` opens another.\n");
}

void
look_transcript(struct shell *sh, const char *arg)
{
	const char *name = arg[0] != '\0' ? arg : "transcript.md";
	cleanup_free char *path = place(sh, name);
	cleanup_buf struct buf report = BUF_INIT(BUF_OURS);
	struct err err = ERR_INIT;

	if (path == NULL)
		return;
	if (record_report(sh, &report, &err) < 0) {
		view_error(sh, &err);
		return;
	}
	cleanup_fd int fd = open_place(sh, path, O_WRONLY | O_CREAT | O_TRUNC);
	if (fd < 0 || fd_write_all(fd, report.s, report.len) < 0)
		view_text(sh, "%s cannot be written: %s\n", name, strerror(errno));
	else
		view_text(sh, "What was done is told in %s\n", path);
}
