/*
 * shell_test.c - the shell with a scripted reader, a judge of the test, and bash on a pty
 */
#include "src/shell/private.h"
#include "tests/unit/test.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const char lesson_text[] =
    "# Folders\n\nWelcome.\n\n"
    "## Make a folder\n\nNow:\n\n```bash\nmkdir one\n```\n\n"
    "<!-- expect\nfile one exists\n-->\n\n"
    "<details><summary>Hint</summary>\n\nUse mkdir.\n\n</details>\n\n"
    "<details><summary>Solution</summary>\n\n```bash\nmkdir one\n```\n\n"
    "</details>\n\n"
    "## Make a file\n\n```bash\ntouch two\n```\n\n"
    "<!-- expect\nfile two exists\n-->\n";

/* The judge of the test: "file NAME exists", in the workspace. */
struct fake_judge {
	const char *folder;
	int begun, dear;
	bool skips; /* as if every check were dear */
	char *last_output;
};

static int
fake_judging(void *arg, const struct lesson_step *step, const char *cwd,
    enum judge_level level, struct judge_results *ret, struct err *err)
{
	struct fake_judge *f = arg;

	(void)cwd, (void)err;
	f->dear += level == JUDGE_ALL;
	for (size_t i = 0; i < step->nchecks; i++) {
		struct judge_result *r = judge_results_add(ret);
		const char *name = step->checks[i].args[0].text;
		cleanup_free char *path = xasprintf("%s/%s", f->folder, name);
		bool there = access(path, F_OK) == 0;

		r->text = xasprintf("file %s exists", name);
		r->outcome = f->skips && level == JUDGE_CHEAP ? JUDGE_SKIPPED
			     : there                          ? JUDGE_PASS
							      : JUDGE_FAIL;
		r->expected = xstrdup("a file");
		r->actual = there ? NULL : xstrdup("nothing of that name");
	}
	return 0;
}

static void
fake_begin(void *arg, const struct lesson_step *step)
{
	(void)step;
	((struct fake_judge *)arg)->begun++;
}

static char *
fake_coach(void *arg, const struct lesson_step *step, const struct judge_command *command,
    const struct judge_results *results)
{
	struct fake_judge *f = arg;

	(void)step, (void)results;
	if (command->text[0] == '\0')
		return NULL;
	free(f->last_output);
	f->last_output = xstrdup(command->output);
	return command->status == 127 ? xstrdup("Is that *spelled* right?") : NULL;
}

/* Lines of the test; "^C" stands for Ctrl-C. */
struct script {
	struct edit edit;
	const char *const *lines;
	char prompt[200];
	char remembered[200];
};

static enum edit_end
script_read(struct edit *e, const char *prompt, char **ret)
{
	struct script *s = (struct script *)e;

	*ret = NULL;
	snprintf(s->prompt, sizeof s->prompt, "%s", prompt);
	if (*s->lines == NULL)
		return EDIT_END;
	if (str_eq(*s->lines, "^C")) {
		s->lines++;
		return EDIT_INTERRUPTED;
	}
	*ret = xstrdup(*s->lines++);
	return EDIT_LINE;
}

static void
script_remember(struct edit *e, const char *command)
{
	struct script *s = (struct script *)e;

	snprintf(s->remembered, sizeof s->remembered, "%s", command);
}

struct fixture {
	struct shell sh;
	struct script script;
	struct fake_judge judge;
	struct buf screen;
	char folder[32];
	int dir;
};

static void
to_screen(void *arg, const char *text, size_t len)
{
	buf_add(arg, text, len);
}

static void
setup(struct fixture *f)
{
	struct workstation_opts o = {.workspace = f->folder, .plain = true};
	struct err err = ERR_INIT;

	*f = (struct fixture){.screen = BUF_INIT(1 << 20), .dir = -1};
	strcpy(f->folder, "/tmp/shell-test-XXXXXX");
	CHECK(mkdtemp(f->folder) != NULL);
	f->dir = open(f->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	f->judge.folder = f->folder;
	f->script.edit = (struct edit){.read = script_read, .remember = script_remember};
	f->sh = (struct shell){.tail = BUF_INIT(0),
	    .values = VEC_INIT,
	    .print = to_screen,
	    .print_arg = &f->screen,
	    .terminal =
		STDIN_FILENO, /* not asked for: the test's commands read nothing */
	    .width = 80,
	    .edit = &f->script.edit,
	    .workspace = xstrdup(f->folder),
	    .course = {.lesson = xstrdup("folders"), .name = xstrdup("course")},
	    .judge = {.arg = &f->judge,
		.begin = fake_begin,
		.judge = fake_judging,
		.coach = fake_coach}};
	f->sh.lesson = lesson_load(lesson_text, strlen(lesson_text), "folders.md");
	CHECK_INT((long long)f->sh.lesson->nsteps, 2);
	progress_load(&f->sh.progress, f->dir, "folders");
	CHECK(workstation_open(&o, &f->sh.workstation, &err) == 0);
}

static void
teardown(struct fixture *f)
{
	workstation_free(f->sh.workstation);
	lesson_free(f->sh.lesson);
	progress_done(&f->sh.progress);
	judge_results_done(&f->sh.seen);
	buf_done(&f->sh.tail);
	vec_done(&f->sh.values);
	buf_done(&f->screen);
	course_done(&f->sh.course);
	free(f->judge.last_output);
	free(f->sh.workspace);
	fd_close_p(&f->dir);
	fd_remove_tree(AT_FDCWD, f->folder);
}
#define cleanup_fixture __attribute__((cleanup(teardown)))

/* Types the lines; only what they print is on the screen afterwards. */
static int
type(struct fixture *f, const char *const *lines)
{
	f->script.lines = lines;
	buf_clear(&f->screen);
	return shell_loop(&f->sh);
}
#define TYPE(f, ...) type(f, (const char *const[]){__VA_ARGS__, NULL})

static bool
shows(const struct fixture *f, const char *text)
{
	if (strstr(f->screen.s, text) != NULL)
		return true;
	printf("# no [%s] in:\n# %s\n", text, f->screen.s);
	return false;
}

static void
walks_through(void)
{
	cleanup_fixture struct fixture f;

	setup(&f);
	shell_enter(&f.sh, 0, true);
	CHECK(shows(&f, "Make a folder"));
	CHECK(shows(&f, "mkdir one"));
	CHECK(shows(&f, "Step 1 of 2"));
	CHECK(strstr(f.screen.s, "expect") == NULL);
	TYPE(&f, "ls -d /usr");
	CHECK_STR(f.screen.s, "/usr\n");
	CHECK_STR(f.script.prompt + strlen("[folders 1/2] shell-test-XXXXXX"), " $ ");
	TYPE(&f, "mkdir one");
	CHECK(shows(&f, "✓ file one exists\n"));
	CHECK(shows(&f, "Step 1 is done."));
	TYPE(&f, "true");
	CHECK_STR(f.screen.s, "");
	TYPE(&f, "next");
	CHECK(shows(&f, "Make a file"));
	CHECK_INT((long long)f.sh.step, 1);
	CHECK(!shell_complete_lesson(&f.sh));
	TYPE(&f, "touch two", "next");
	CHECK(shows(&f, "The lesson is complete."));
	CHECK(shell_complete_lesson(&f.sh));
	CHECK_INT(f.judge.begun, 2);
}

static void
refuses_next_once(void)
{
	cleanup_fixture struct fixture f;

	setup(&f);
	shell_enter(&f.sh, 0, false);
	TYPE(&f, "next");
	CHECK(shows(&f, "✗ file one exists"));
	CHECK(shows(&f, "expected: a file"));
	CHECK(shows(&f, "found: nothing of that name"));
	CHECK_INT((long long)f.sh.step, 0);
	TYPE(&f, "true", "next");
	CHECK_INT((long long)f.sh.step, 0);
	TYPE(&f, "next");
	CHECK_INT((long long)f.sh.step, 1);
	TYPE(&f, "back");
	CHECK_INT((long long)f.sh.step, 0);
	CHECK(!progress_passed(&f.sh.progress, "make-a-folder"));
}

static void
latches(void)
{
	cleanup_fixture struct fixture f;

	setup(&f);
	shell_enter(&f.sh, 0, false);
	TYPE(&f, "mkdir one", "rmdir one");
	CHECK(shows(&f, "✗ file one exists"));
	TYPE(&f, "next");
	CHECK_INT((long long)f.sh.step, 1);
}

static void
already_so(void)
{
	cleanup_fixture struct fixture f;

	setup(&f);
	CHECK(mkdirat(f.dir, "one", 0755) == 0);
	shell_enter(&f.sh, 0, true);
	CHECK(shows(&f, "This is already so. `next` goes on."));
	CHECK_INT((long long)f.sh.step, 0);
}

static void
gives_hints(void)
{
	cleanup_fixture struct fixture f;

	setup(&f);
	shell_enter(&f.sh, 0, false);
	TYPE(&f, "hint");
	CHECK(shows(&f, "Hint 1\n"));
	CHECK(shows(&f, "Use mkdir."));
	TYPE(&f, "hint");
	CHECK(shows(&f, "Solution\n"));
	TYPE(&f, "hint");
	CHECK(shows(&f, "Solution\n"));
	CHECK_INT(progress_hints(&f.sh.progress, "make-a-folder"), 2);
}

static void
keeps_progress(void)
{
	cleanup_fixture struct fixture f;
	struct progress again;
	cleanup_free char *last = NULL;
	struct err err = ERR_INIT;

	setup(&f);
	shell_enter(&f.sh, 0, false);
	TYPE(&f, "mkdir one", "hint", "next");
	/* Nothing is closed: this is what kill -9 leaves. */
	progress_load(&again, f.dir, "folders");
	CHECK_STR(progress_step(&again), "make-a-file");
	CHECK(progress_passed(&again, "make-a-folder"));
	CHECK(!progress_passed(&again, "make-a-file"));
	CHECK_INT(progress_hints(&again, "make-a-folder"), 1);
	progress_done(&again);
	last = progress_last(f.dir);
	CHECK_STR(last, "folders");
	CHECK(fd_write_file(f.dir, "progress.json", "{\"las", 6, 0600, &err) == 0);
	progress_load(&again, f.dir, "folders");
	CHECK(progress_step(&again) == NULL);
	progress_done(&again);
	CHECK(faccessat(f.dir, "progress.json.damaged", F_OK, 0) == 0);
}

static void
joins_lines(void)
{
	cleanup_fixture struct fixture f;

	setup(&f);
	shell_enter(&f.sh, 0, false);
	TYPE(&f, "echo 'a", "b'");
	CHECK_STR(f.screen.s, "a\nb\n");
	CHECK_STR(f.script.remembered, "echo 'a\nb'");
	TYPE(&f, "cat <<X", "one", "X");
	CHECK_STR(f.screen.s, "one\n");
	TYPE(&f, "echo \\", "on");
	CHECK_STR(f.screen.s, "on\n");
	TYPE(&f, "echo 'never", "^C", "echo next one");
	CHECK_STR(f.screen.s, "next one\n");
	TYPE(&f, "", "   ");
	CHECK_STR(f.screen.s, "");
}

static void
fills_placeholders(void)
{
	static const char text[] =
	    "# Names\n\n## Tag\n\n```bash\necho app <your_name>/app\n```\n\n"
	    "## Stop\n\n```bash\necho stop <container_id>\n```\n";
	cleanup_fixture struct fixture f;
	const char *answers[] = {"  ada ", NULL};
	struct progress again;
	cleanup_vec struct vec kept = VEC_INIT;

	setup(&f);
	lesson_free(f.sh.lesson);
	f.sh.lesson = lesson_load(text, strlen(text), "names.md");
	f.sh.judge = (struct judge){0};
	f.script.lines = answers;
	shell_enter(&f.sh, 0, true);
	CHECK_STR(f.script.prompt, "<your_name> is? ");
	CHECK(shows(&f, "echo app ada/app"));
	TYPE(&f, "echo <your_name> '<other>' $NAME");
	CHECK_STR(f.screen.s, "echo ada '<other>' $NAME\nada <other>\n");
	CHECK_STR(f.script.remembered, "echo ada '<other>' $NAME");
	/* Not the student's own: asked when it is typed, each time. */
	shell_enter(&f.sh, 1, false);
	TYPE(&f, "echo <container_id> <container_id>", "c1");
	CHECK_STR(f.screen.s, "echo c1 c1\nc1 c1\n");
	TYPE(&f, "echo <container_id>", "");
	CHECK_STR(f.screen.s, "echo c1\nc1\n");
	TYPE(&f, "echo <container_id>", "c2");
	CHECK_STR(f.screen.s, "echo c2\nc2\n");
	progress_load(&again, f.dir, "other lesson");
	progress_values(&again, &kept);
	CHECK_STR(vec_env_get(&kept, "your_name"), "ada");
	CHECK(vec_env_get(&kept, "container_id") == NULL);
	progress_done(&again);
}

static void
learns_placeholders(void)
{
	static const char text[] = "# Names\n\n## Tag\n\n```bash\n"
				   "echo app <your_name>/app:1.0\n```\n";
	cleanup_fixture struct fixture f;

	setup(&f);
	lesson_free(f.sh.lesson);
	f.sh.lesson = lesson_load(text, strlen(text), "names.md");
	f.sh.judge = (struct judge){0};
	f.sh.terminal = -1; /* nobody is asked */
	shell_enter(&f.sh, 0, false);
	TYPE(&f, "echo app ada/ap:1.0", "echo other ada/app:1.0",
	    "echo app <your_name>/app:1.0", "echo app /app:1.0");
	CHECK(vec_env_get(&f.sh.values, "your_name") == NULL);
	TYPE(&f, "echo  app ada/app:1.0 ");
	CHECK_STR(vec_env_get(&f.sh.values, "your_name"), "ada");
	TYPE(&f, "echo app bob/app:1.0");
	CHECK_STR(vec_env_get(&f.sh.values, "your_name"), "bob");
	TYPE(&f, "echo <your_name>");
	CHECK(shows(&f, "bob\n"));
}

static void
coaches(void)
{
	cleanup_fixture struct fixture f;

	setup(&f);
	shell_enter(&f.sh, 0, false);
	TYPE(&f, "dokcer ps");
	CHECK(shows(&f, "command not found"));
	CHECK(shows(&f, "Is that spelled right?"));
	TYPE(&f, "seq 1 20000");
	CHECK(strlen(f.judge.last_output) <= 32 << 10);
	CHECK(str_ends(f.judge.last_output, "19999\n20000\n"));
}

/* Dear checks wait after what may start a container, and a failure is told then. */
static void
waits_when_it_helps(void)
{
	cleanup_fixture struct fixture f;

	setup(&f);
	f.judge.skips = true;
	shell_enter(&f.sh, 0, false);
	TYPE(&f, "echo docker ps -a");
	CHECK_INT(f.judge.dear, 0);
	CHECK(!shows(&f, "✗"));
	TYPE(&f, "echo docker run -d web");
	CHECK_INT(f.judge.dear, 1);
	CHECK(shows(&f, "✗ file one exists"));
	TYPE(&f, "mkdir one; echo running docker");
	CHECK_INT(f.judge.dear, 1);
	CHECK(shows(&f, "✓ file one exists"));
}

static void
words_are_exact(void)
{
	cleanup_fixture struct fixture f;
	cleanup_vec struct vec words = VEC_INIT;

	setup(&f);
	shell_enter(&f.sh, 0, false);
	TYPE(&f, "show() { echo mine; }; show x");
	CHECK_STR(f.screen.s, "mine\n");
	TYPE(&f, " check ");
	CHECK(shows(&f, "✗ file one exists"));
	TYPE(&f, "goto 2");
	CHECK_INT((long long)f.sh.step, 1);
	TYPE(&f, "goto 9");
	CHECK(shows(&f, "1 to 2"));
	TYPE(&f, "help");
	CHECK(shows(&f, "next"));
	words_complete("ne", &words);
	CHECK_STR(words.v[0], "next");
	TYPE(&f, "quit", "echo not reached");
	CHECK_STR(f.screen.s, "");
}

static void
plays_scripts(void)
{
	cleanup_fixture struct fixture f;

	setup(&f);
	f.sh.terminal = -1;
	shell_enter(&f.sh, 0, false);
	CHECK_INT(TYPE(&f, "mkdir one"), 1);
	CHECK(shows(&f, "$ mkdir one\n"));
	CHECK_INT(TYPE(&f, "touch two"), 0);
	CHECK(shows(&f, "Step 2 is done."));
}

static void
says_that_it_cannot_judge(void)
{
	cleanup_fixture struct fixture f;

	setup(&f);
	f.sh.judge.judge = NULL;
	shell_enter(&f.sh, 0, false);
	TYPE(&f, "mkdir one", "check");
	CHECK(shows(&f, "could not be judged"));
	CHECK(!progress_passed(&f.sh.progress, "make-a-folder"));
}

static void
ended_shell(void)
{
	cleanup_fixture struct fixture f;

	setup(&f);
	shell_enter(&f.sh, 0, false);
	TYPE(&f, "kill -9 $$", "echo again");
	CHECK(shows(&f, "the workstation's shell has ended"));
	CHECK(shows(&f, "again\n"));
}

static void
finds_lessons(void)
{
	cleanup_vec struct vec paths = VEC_INIT;
	cleanup_course struct course c = {0};
	struct err err = ERR_INIT;

	vec_add(&paths, "/l/01-first-image.md");
	vec_add(&paths, "/l/02-volumes.md");
	CHECK(course_find("2", &paths, &c, &err) == 0);
	CHECK_STR(c.lesson, "volumes");
	CHECK_STR(c.name, "course");
	course_done(&c);
	CHECK(course_find("first-image", &paths, &c, &err) == 0);
	CHECK_STR(c.path, "/l/01-first-image.md");
	course_done(&c);
	CHECK(course_find(NULL, &paths, &c, &err) == 0);
	CHECK_STR(c.lesson, "first-image");
	course_done(&c);
	CHECK(course_find("nothing-like-it", &paths, &c, &err) == -1);
	CHECK(course_find("/dev/null", &paths, &c, &err) == 0);
	CHECK_STR(c.name, "lesson-null");
}

static void
completes(void)
{
	cleanup_fixture struct fixture f;
	cleanup_vec struct vec a = VEC_INIT, b = VEC_INIT, c = VEC_INIT, d = VEC_INIT;

	setup(&f);
	CHECK(mkdirat(f.dir, "folder", 0755) == 0);
	complete_line(&f.sh, "ne", 0, "ne", &a);
	CHECK_STR(a.v[0], "next");
	complete_line(&f.sh, "docker bu", 7, "bu", &b);
	CHECK_STR(b.v[0], "build");
	CHECK_INT((long long)b.len, 1);
	complete_line(&f.sh, "ls | docker run --na", 16, "--na", &c);
	CHECK_STR(c.v[0], "--name");
	complete_line(&f.sh, "cd fo", 3, "fo", &d);
	CHECK_STR(d.v[0], "folder/");
}

static void
wraps_reasons(void)
{
	cleanup_fixture struct fixture f;

	setup(&f);
	f.sh.width = 30;
	view_wrapped(&f.sh, "dim", "  why: ", "one two three four five six seven eight");
	CHECK_STR(f.screen.s, "  why: one two three four five\n       six seven eight\n");
	buf_clear(&f.screen);
	view_wrapped(
	    &f.sh, "dim", "- ", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b\nc");
	CHECK_STR(f.screen.s, "- aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n  b\n  c\n");
	buf_clear(&f.screen);
	view_wrapped(&f.sh, "dim", "- ", "");
	CHECK_STR(f.screen.s, "- \n");
	buf_clear(&f.screen);
	view_advice(&f.sh, "Take *another* port.");
	CHECK_STR(f.screen.s, "\n  │ Take another port.\n\n");
}

static void
reads_streams(void)
{
	int pipes[2];
	struct edit *e;
	char *line;

	CHECK(pipe2(pipes, O_CLOEXEC) == 0);
	CHECK(fd_write_all(pipes[1], "one\r\n\nlast", 10) == 0);
	close(pipes[1]);
	e = edit_stream(pipes[0]);
	CHECK(e->read(e, "", &line) == EDIT_LINE);
	CHECK_STR(line, "one");
	free(line);
	CHECK(e->read(e, "", &line) == EDIT_LINE);
	CHECK_STR(line, "");
	free(line);
	CHECK(e->read(e, "", &line) == EDIT_LINE);
	CHECK_STR(line, "last");
	free(line);
	CHECK(e->read(e, "", &line) == EDIT_END);
	e->free(e);
	close(pipes[0]);
}

TEST_MAIN({"a lesson is walked through, step by step", walks_through},
    {"next is refused once and says what is missing", refuses_next_once},
    {"a step that has passed stays passed", latches},
    {"a step that holds on entry says so and waits", already_so},
    {"hints come one by one, the solution last", gives_hints},
    {"progress is on disk after every change", keeps_progress},
    {"unfinished lines are joined; Ctrl-C gives them up", joins_lines},
    {"a placeholder is asked for once and filled in", fills_placeholders},
    {"who types something in its place has said it", learns_placeholders},
    {"the coach sees the command, its status and the end of its output", coaches},
    {"waiting is for commands that may start something", waits_when_it_helps},
    {"only whole lines are tutor's words", words_are_exact},
    {"a script needs no next, and the exit code tells", plays_scripts},
    {"without a judge nothing passes", says_that_it_cannot_judge},
    {"an ended workstation starts again", ended_shell},
    {"lessons are found by number, name and path", finds_lessons},
    {"words, docker's commands and flags, and files are completed", completes},
    {"reasons are wrapped, advice stands beside a bar", wraps_reasons},
    {"lines of a stream are read to the last", reads_streams})
