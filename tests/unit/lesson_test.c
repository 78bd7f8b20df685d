/* lesson: Markdown to steps, actions, expectations, hints. */
#include "src/lesson/lesson.h"
#include "tests/unit/test.h"
#include <fcntl.h>

static struct lesson *
load(const char *text)
{
	return lesson_load(text, strlen(text), "test.md");
}

static const struct lesson_action *
action(const struct lesson *l, size_t step, size_t n)
{
	CHECK(step < l->nsteps);
	CHECK(n < l->steps[step].nactions);
	return &l->steps[step].actions[n];
}

static const char *
command(const struct lesson *l, size_t step, size_t act, size_t n)
{
	const struct lesson_action *a = action(l, step, act);

	CHECK(n < a->ncommands);
	return a->commands[n].text;
}

static const struct lesson_check *
check(const struct lesson *l, size_t step, size_t n)
{
	CHECK(step < l->nsteps);
	CHECK(n < l->steps[step].nchecks);
	return &l->steps[step].checks[n];
}

/* The example of the format's description, all kinds of lines in it. */
static const char design_block[] =
    "# T\n\n## S\n\n<!-- expect\n"
    "image my-python-app exists\n"
    "image my-python-app layers base+4          # file system layers above the base "
    "image\n"
    "image my-python-app layers by RUN COPY ADD = 3\n"
    "output \"docker history my-python-app\" contains \"pip install\"\n"
    "image my-python-app size < 60% of my-python-app:fat\n"
    "image my-python-app config.Cmd = [\"python\", \"app.py\"]\n"
    "image my-python-app file /app/app.py exists\n"
    "image my-python-app file /app/.env absent from every layer\n"
    "container web running\n"
    "container web port 5000/tcp on 5000\n"
    "container web stops within 1s\n"
    "http GET http://localhost:5000/ 200 contains \"Hello\"\n"
    "dockerfile has \"COPY requirements.txt*\" before \"RUN *pip install*\"\n"
    "rebuild after edit app.py keeps \"RUN *pip install*\" cached\n"
    "context excludes .env\n"
    "hub has student/my-python-app:latest same as my-python-app\n"
    "   why: a tag is only a name; the digest says that it is the same image\n"
    "   hint: compare the digests that push and inspect print\n"
    "-->\n";

static void
design_example(void)
{
	static const enum lesson_verb_id ids[] = {VERB_IMAGE_EXISTS,
	    VERB_IMAGE_LAYERS_BASE, VERB_IMAGE_LAYERS_BY, VERB_OUTPUT, VERB_IMAGE_SIZE,
	    VERB_IMAGE_CONFIG_IS, VERB_IMAGE_FILE_EXISTS, VERB_IMAGE_FILE_ABSENT_LAYERS,
	    VERB_CONTAINER_RUNNING, VERB_CONTAINER_PORT, VERB_CONTAINER_STOPS, VERB_HTTP,
	    VERB_DOCKERFILE_HAS, VERB_REBUILD_KEEPS, VERB_CONTEXT_EXCLUDES, VERB_HUB_HAS};
	struct lesson *l cleanup_lesson = load(design_block);
	const struct lesson_check *c;

	CHECK_INT(l->nwarnings, 0);
	CHECK_INT(l->nsteps, 1);
	CHECK_INT(l->steps[0].nchecks, ARRAY_LEN(ids));
	for (size_t i = 0; i < ARRAY_LEN(ids); i++)
		CHECK_INT(check(l, 0, i)->verb->id, ids[i]);
	CHECK_INT(lesson_arg_number(check(l, 0, 1), "N", -1), 4);
	CHECK_STR(lesson_arg(check(l, 0, 2), "WORDS"), "RUN COPY ADD");
	CHECK_STR(lesson_arg(check(l, 0, 4), "OTHER"), "my-python-app:fat");
	CHECK_INT(lesson_arg_number(check(l, 0, 4), "SIZE", -1), 60);
	CHECK_STR(lesson_arg(check(l, 0, 5), "PATH"), "Cmd");
	CHECK_STR(lesson_arg(check(l, 0, 5), "JSON"), "[\"python\",\"app.py\"]");
	CHECK_INT(lesson_arg_number(check(l, 0, 10), "TIME", -1), 1);
	CHECK_STR(lesson_arg(check(l, 0, 11), "URL"), "http://localhost:5000/");
	CHECK_INT(lesson_arg_number(check(l, 0, 11), "CODE", -1), 200);
	CHECK_STR(lesson_arg(check(l, 0, 11), "TEXT"), "Hello");
	c = check(l, 0, 15);
	CHECK_STR(lesson_arg(c, "IMAGE"), "my-python-app");
	CHECK_STR(
	    c->why, "a tag is only a name; the digest says that it is the same image");
	CHECK_STR(c->hint, "compare the digests that push and inspect print");
	CHECK(strstr(l->steps[0].text, "expect") == NULL);
}

static void
every_example_loads(void)
{
	for (const struct lesson_verb *v = lesson_verbs(); v->id != VERB_NONE; v++) {
		struct lesson_check c;
		struct err err = ERR_INIT;

		if (lesson_check_parse(v->example, &c, &err) < 0)
			test_fail(__FILE__, __LINE__, err.text, v->example, v->pattern);
		CHECK_INT(c.verb->id, v->id);
		CHECK(*v->summary != '\0');
		lesson_check_done(&c);
	}
}

static void
mistake(const char *line, const char *want)
{
	struct lesson_check c;
	struct err err = ERR_INIT;

	CHECK(lesson_check_parse(line, &c, &err) == -1);
	CHECK_STR(err.text, want);
}

static void
mistakes_suggest(void)
{
	mistake("imge web exists", "\"imge\" is no subject; did you mean \"image\"?");
	mistake(
	    "image web exsts", "\"exsts\" is not known here; did you mean \"exists\"?");
	mistake("container web runing",
	    "\"runing\" is not known here; did you mean \"running\"?");
	mistake("image web layers base+four",
	    "\"base+four\" is not known here; expected base+N, by");
	mistake("image web exists now", "\"now\" is too much here");
	mistake("http GET localhost:5000", "\"localhost:5000\" is not known here; "
					   "expected an address (http://...)");
	mistake("container web stops within soon",
	    "\"soon\" is not known here; expected a duration (500ms, 10s)");
	mistake("image web config.Cmd = [\"python\"",
	    "\"[python\" is not known here; expected JSON (\"text\", [\"a\", \"b\"], "
	    "5000)");
	mistake("output \"docker ps", "a quote is not closed");
}

static void
mistakes_have_lines(void)
{
	struct lesson *l cleanup_lesson =
	    load("# T\n\n## S\n\n<!-- expect\nimage a exists\n"
		 "   wy: because\nimage b exsts\n   why: no\n"
		 "container c running\n   within: soon\n-->\n");

	CHECK_INT(l->nwarnings, 3);
	CHECK_INT(l->warnings[0].line, 7);
	CHECK_STR(
	    l->warnings[0].text, "\"wy:\" is not known here; did you mean \"why:\"?");
	CHECK(l->warnings[0].mistake);
	CHECK_INT(l->warnings[1].line, 8);
	CHECK_INT(l->warnings[2].line, 11);
	CHECK_INT(l->steps[0].nchecks, 2);
	CHECK_INT(check(l, 0, 1)->line, 10);
}

static void
attributes_and_groups(void)
{
	struct lesson *l cleanup_lesson =
	    load("# T\n\n## S\n\n<!-- expect already\n"
		 "container web not running\n   id: down\n   points: 2.5\n   hidden\n   "
		 "within: 10s\n"
		 "any of\n   image a exists\n      hint: build it\n   image b exists\n   "
		 "why: one will do\n"
		 "# a remark\n"
		 "output \"a -> b\" contains \"x \\> y\"\n   needs: down, other\n   why: "
		 "long\n"
		 "        goes on\n-->\n");
	const struct lesson_check *c;

	CHECK_INT(l->nwarnings, 0);
	CHECK(l->steps[0].already);
	CHECK_INT(l->steps[0].nchecks, 3);
	c = check(l, 0, 0);
	CHECK(c->negated && c->hidden);
	CHECK_STR(c->id, "down");
	CHECK(c->points == 2.5 && c->within == 10);
	c = check(l, 0, 1);
	CHECK(c->verb == NULL);
	CHECK_INT(c->nany, 2);
	CHECK_STR(c->any[0].hint, "build it");
	CHECK_STR(c->why, "one will do");
	c = check(l, 0, 2);
	CHECK_STR(lesson_arg(c, "TEXT"), "x > y");
	CHECK_INT(c->needs.len, 2);
	CHECK_STR(c->why, "long goes on");
}

static void
misconceptions(void)
{
	struct lesson *l cleanup_lesson =
	    load("# T\n\n## S\n\n```bash\ndocker ps\n```\n\n<!-- when\n"
		 "container web exited with 0\n"
		 "   hint: it has nothing to do\n-->\n");

	CHECK_INT(l->steps[0].nwhens, 1);
	CHECK_STR(l->steps[0].whens[0].hint, "it has nothing to do");
	CHECK_INT(l->steps[0].whens[0].nchecks, 1);
	CHECK_INT(l->nwarnings, 0);
}

static void
early_end_of_a_comment(void)
{
	struct lesson *l cleanup_lesson =
	    load("# T\n\n## S\n\n<!-- expect\noutput \"a\" contains \"-->\"\n-->\n");

	CHECK(l->nwarnings >= 1);
	CHECK_INT(l->warnings[0].line, 6);
	CHECK(l->warnings[0].mistake);
}

/* The shapes of a course document, in words of its own. */
static const char course[] =
    "# Cooking with Containers\n\nWelcome.\n\n---\n\n## Contents\n\n1. "
    "[Guide](#guide)\n\n"
    "## Guide\n\n### Step 1: The recipe\n\n#### **Step 1.1: Take a base**\n\n"
    "**Where to Run:** Any text editor (VS Code, say) will do.\n\n"
    "```dockerfile\nFROM python:3.9-slim\n```\n\n"
    "#### **Step 1.2: Build**\n\n**Where to Run:** Open the terminal.\n\n"
    "```bash\ndocker build -t soup .\n```\n\n"
    "#### **Step 1.3: Look**\n\n**Where to Access:** Your web browser.\n\n"
    "Go to `http://localhost:5000`.\n\n"
    "#### **Step 1.4: Port**\n\nAdd to the file:\n\n```dockerfile\nEXPOSE 5000\n```\n\n"
    "#### **Step 1.5: Use `.dockerignore`**\n\nCreate a file named `.dockerignore`:\n\n"
    "```\n__pycache__\n*.pyc\n```\n\n"
    "#### **Step 1.6: Push**\n\nUse your name for `<your_name>`:\n\n"
    "```bash\ndocker tag soup <your_name>/soup\ndocker push <your_name>/soup\n```\n\n"
    "## Demonstration\n\n### Step 1: Folder\n\n```bash\nmkdir soup\ncd soup\n```\n\n"
    "### Step 2: Environment\n\n```bash\npython3 -m venv venv\n"
    "source venv/bin/activate  # elsewhere, don't use `activate`\n```\n\n"
    "### Step 3: Create `app.py`\n\nCreate a file named `app.py` in the `soup` "
    "directory.\n\n"
    "```python\nprint('hi')\n```\n\n"
    "### Step 4: Ignore\n\n- **As shown** in [Step 1.5](#step-1-5-use-dockerignore).\n\n"
    "  ```bash\n  echo \"venv\n  *.pyc\" > .dockerignore\n  ```\n\n"
    "### Step 5: Run\n\n```bash\ndocker run -d -p 5000:5000 --name pot soup\n```\n\n"
    "## Questions\n\n```bash\ndocker history soup\n```\n\n## Resources\n\nNone.\n";

static void
course_shapes(void)
{
	struct lesson *l cleanup_lesson = load(course);

	CHECK_STR(l->title, "Cooking with Containers");
	CHECK_INT(l->nwarnings, 0);
	CHECK_INT(l->nsteps, 12);
	CHECK_STR(l->steps[0].title, "Step 1.1: Take a base");
	CHECK_INT(l->steps[0].level, 4);
	CHECK_INT(l->steps[0].path.len, 2);
	CHECK_STR(l->steps[0].path.v[1], "Step 1: The recipe");
	CHECK(strstr(l->steps[0].intro, "Welcome.") != NULL);
	CHECK_INT(action(l, 0, 0)->kind, LESSON_FILE);
	CHECK_INT(action(l, 0, 0)->where, LESSON_EDITOR);
	CHECK_INT(l->steps[1].where, LESSON_TERMINAL);
	CHECK_STR(check(l, 1, 0)->source, "image \"soup\" built");
	CHECK(check(l, 1, 0)->inferred);
	CHECK_INT(l->steps[2].where, LESSON_BROWSER);
	CHECK_STR(check(l, 2, 0)->source, "http GET \"http://localhost:5000\" 200");
	CHECK(action(l, 3, 0)->fragment);
	CHECK_STR(check(l, 3, 0)->body, "EXPOSE 5000\n");
	CHECK_STR(action(l, 4, 0)->file, ".dockerignore");
	CHECK_STR(command(l, 5, 0, 0), "docker tag soup <your_name>/soup");
	CHECK_STR(lesson_arg(check(l, 5, 0), "NAME"), "<your_name>/soup");
	CHECK_INT(l->nplaceholders, 1);
	CHECK_STR(l->placeholders[0].name, "your_name");
	CHECK_STR(command(l, 7, 0, 1), "source venv/bin/activate");
	CHECK_STR(action(l, 8, 0)->file, "app.py");
	CHECK_STR(action(l, 8, 0)->folder, "soup");
	CHECK_STR(check(l, 8, 0)->folder, "soup");
	CHECK_STR(command(l, 9, 0, 0), "echo \"venv\n*.pyc\" > .dockerignore");
	CHECK_INT(l->steps[10].nchecks, 3);
	CHECK_STR(check(l, 10, 2)->source, "container \"pot\" port 5000 on 5000");
	CHECK(check(l, 11, 0)->optional);
	CHECK(strstr(l->outro, "None.") != NULL);
	CHECK_INT(lesson_find(l, "#step-15-use-dockerignore"), 4);
	CHECK_INT(lesson_find(l, "#step-1-5-use-dockerignore"), 4);
	CHECK_INT(lesson_find(l, "guide"), 0);
	CHECK_INT(lesson_find(l, "nowhere"), -1);
}

static void
owners_document(void)
{
	struct buf text cleanup_buf = BUF_INIT(LESSON_MAX);
	struct lesson *l cleanup_lesson = NULL;
	struct err err = ERR_INIT;

	if (fd_read_file(
		AT_FDCWD, "../shared/course/000_59459e1d1e0e185c.txt", &text, &err) < 0)
		SKIP("the course document is not beside this tree");
	l = lesson_load(text.s, text.len, "course.md");
	CHECK_STR(l->title,
	    "Class 2: Building and Managing Docker Images for Python Applications");
	CHECK_INT(l->nwarnings, 0);
	CHECK_INT(l->nsteps, 28);
	CHECK_STR(l->steps[9].title, "Step 3.4: Rebuild and Run the Container");
	CHECK_INT(l->steps[9].nactions, 2);
	CHECK_STR(command(l, 9, 1, 0),
	    "docker run -d -p 5000:5000 --name my-running-app my-python-app");
	CHECK_STR(l->steps[25].title, "Step 10: Push the Image to Docker Hub");
	CHECK_INT(lesson_find(l, "#step-4-1-implement-multi-stage-builds"), 10);
	CHECK_STR(l->placeholders[0].name, "your_dockerhub_username");
}

static void
hints_and_solutions(void)
{
	struct lesson *l cleanup_lesson = load(
	    "# T\n\n## S\n\nDo it.\n\n<details>\n<summary>Hint "
	    "1</summary>\n\nThink.\n\n</details>\n"
	    "<details><summary><b>Hint</b></summary>Think more.</details>\n\n"
	    "<details>\n<summary>Solution</summary>\n\n```bash\ndocker pull "
	    "busybox\n```\n</details>\n\n"
	    "<details>\n<summary>Lösung</summary>\n\nja\n\n</details>\n\n"
	    "<details><summary>More to read</summary>\n\nShown.\n\n</details>\n\nEnd.\n");
	const struct lesson_step *s = &l->steps[0];

	CHECK_INT(l->nsteps, 1);
	CHECK_INT(s->nparts, 4);
	CHECK_STR(lesson_part(s, LESSON_HINT, 0)->text, "Think.\n");
	CHECK_STR(lesson_part(s, LESSON_HINT, 1)->text, "Think more.\n");
	CHECK(lesson_part(s, LESSON_HINT, 2) == NULL);
	CHECK_INT(lesson_part(s, LESSON_SOLUTION, 0)->actions[0].line, 18);
	CHECK_STR(lesson_part(s, LESSON_SOLUTION, 0)->actions[0].commands[0].text,
	    "docker pull busybox");
	CHECK_STR(lesson_part(s, LESSON_SOLUTION, 1)->text, "ja\n");
	CHECK_INT(s->nactions, 0);
	CHECK_STR(s->text, "## S\n\nDo it.\n\n**More to read**\n\nShown.\n\nEnd.\n");
}

static void
prompts_and_output(void)
{
	struct lesson *l cleanup_lesson = load(
	    "# T\n\n## A\n\n```\n$ docker ps\nCONTAINER ID   IMAGE\n\n$ docker run "
	    "hello-world\nHello\n"
	    " $ docker run -it ubuntu bash\n$\n```\n\n"
	    "## B\n\n```console\nme@host:~/x$ docker run \\\n>   --rm \\\n>   busybox\n"
	    "[me@host x]$ ls\n(venv) $ pip list\n$docker images\nPS C:\\> docker "
	    "info\n```\n\n"
	    "## C\n\n```sh\ndocker run -it busybox\n```\n\n```\n$ docker run -it busybox "
	    "sh\n/ # ls /\n"
	    "root@0123456789ab:/# exit\n```\n\n"
	    "## D\n\n```bash\n# docker ps shows them\ndocker ps\nCONTAINER ID  "
	    "IMAGE\nls\n```\n");

	CHECK_INT(action(l, 0, 0)->ncommands, 2);
	CHECK_STR(action(l, 0, 0)->commands[0].output, "CONTAINER ID   IMAGE");
	CHECK_STR(command(l, 0, 0, 1), "docker run hello-world");
	CHECK_STR(
	    action(l, 0, 0)->commands[1].output, "Hello\n $ docker run -it ubuntu bash");
	CHECK_STR(command(l, 1, 0, 0), "docker run \\\n  --rm \\\n  busybox");
	CHECK_STR(command(l, 1, 0, 1), "ls");
	CHECK_STR(command(l, 1, 0, 2), "pip list");
	CHECK_STR(command(l, 1, 0, 3), "docker images");
	CHECK_STR(command(l, 1, 0, 4), "docker info");
	CHECK_STR(action(l, 2, 1)->commands[0].inside, "ls /\nexit");
	CHECK_INT(action(l, 3, 0)->ncommands, 1);
	CHECK_STR(action(l, 3, 0)->commands[0].output, "CONTAINER ID  IMAGE\nls");
	CHECK_INT(action(l, 3, 0)->commands[0].line, 43);
}

static void
joined_commands(void)
{
	struct lesson *l cleanup_lesson =
	    load("# T\n\n## A\n\n```bash\ncat > app.py <<'EOF'\nprint('it''s')\n# not a "
		 "remark\nEOF\n"
		 "for i in 1 2; do\n  echo $i\ndone\ndocker rm -f $(docker ps -aq)\n"
		 "ID=$(docker run -d \\\n  busybox)\necho \"a\nb\" | \\\n cat && true\n"
		 "docker ps |\n  grep web\n```\n");

	CHECK_INT(action(l, 0, 0)->ncommands, 6);
	CHECK_STR(command(l, 0, 0, 0),
	    "cat > app.py <<'EOF'\nprint('it''s')\n# not a remark\nEOF");
	CHECK_STR(command(l, 0, 0, 1), "for i in 1 2; do\n  echo $i\ndone");
	CHECK_STR(command(l, 0, 0, 3), "ID=$(docker run -d \\\n  busybox)");
	CHECK_STR(command(l, 0, 0, 5), "docker ps |\n  grep web");
	CHECK(!lesson_command_complete("echo 'x"));
	CHECK(!lesson_command_complete("if true; then"));
	CHECK(!lesson_command_complete("a \\"));
	CHECK(!lesson_command_complete("cat <<X\ny"));
	CHECK(lesson_command_complete("echo a\\\\ # don't"));
	CHECK(lesson_command_complete("case x in a) true;; esac"));
}

static void
what_blocks_are(void)
{
	struct lesson *l cleanup_lesson = load(
	    "# T\n\n## A\n\n```docker\ndocker images\n```\n\n```\nFROM busybox\n```\n\n"
	    "Write `Dockerfile.alpine`:\n\n```bash\n# base\nARG V=1\nFROM "
	    "alpine:$V\n```\n\n"
	    "```python title=\"src/app.py\"\nx = 1\n```\n\n```json\n{}\n```\n\n"
	    "```\ndocker run [OPTIONS] IMAGE\n```\n\n```bash\ndocker tag <image> "
	    "<name>\n```\n\n"
	    "```dockerfile\nFROM <image>\n```\n\n    docker ps\n\n"
	    "See `app.py`. You should see this output:\n\n```\nHello\n```\n\n"
	    "```{.bash}\ndocker stop "
	    "<id>\n```\n\n```.term1\nls\n```\n\n```console\nHello there\n```\n\n"
	    "app.py:\n\n```\nimport os\n```\n\n#### t/x.html\n\nCreate **x.html** "
	    "with:\n\n"
	    "```\n<p>\n```\n\n```\nRUN ls\n```\n");
	static const enum lesson_kind kinds[] = {LESSON_RUN, LESSON_FILE, LESSON_FILE,
	    LESSON_FILE, LESSON_SHOW, LESSON_SHOW, LESSON_SHOW, LESSON_SHOW, LESSON_RUN,
	    LESSON_SHOW, LESSON_RUN, LESSON_RUN, LESSON_SHOW, LESSON_FILE};

	CHECK_INT(l->nsteps, 2);
	CHECK_STR(action(l, 1, 0)->file, "t/x.html");
	CHECK(action(l, 1, 1)->fragment);
	CHECK_INT(l->steps[0].nactions, ARRAY_LEN(kinds));
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		CHECK_INT(action(l, 0, i)->kind * 100 + (int)i, kinds[i] * 100 + (int)i);
	CHECK_STR(action(l, 0, 1)->file, "Dockerfile");
	CHECK_STR(action(l, 0, 2)->file, "Dockerfile.alpine");
	CHECK_STR(action(l, 0, 3)->file, "src/app.py");
}

static void
repairs(void)
{
	struct lesson *l cleanup_lesson =
	    load("---\ntitle: \"From the front\"\n# no heading\n---\n<h2>First</h2>\n\n"
		 "1. Run\n   ```bash\ndocker ps\n```\n2. Then\n\n   ```\n   $ ls\n```\n\n"
		 "## Second {#two}\n\n!!! note \"Careful\"\n    Text\n\n    ```bash\n    "
		 "docker images\n    ```\n\n"
		 "=== \"Linux\"\n    ```bash\n    ls\n    ```\n=== \"Windows\"\n    "
		 "```bash\n    dir\n    ```\n\n"
		 "??? tip \"Solution\"\n    ```bash\n    docker info\n    ```\n\n"
		 "## Third\n\n~~~\ndocker version\n~~~\n{: .language-bash}\n\n"
		 "~~~\ndocker is fine\n~~~\n{: .output}\n\n::: hint\nThink\n:::\r\n");

	CHECK_STR(l->title, "From the front");
	CHECK_INT(l->nsteps, 3);
	CHECK_STR(l->steps[0].title, "First");
	CHECK_INT(l->steps[0].nactions, 2);
	CHECK_STR(command(l, 0, 0, 0), "docker ps");
	CHECK_STR(command(l, 0, 1, 0), "ls");
	CHECK_STR(l->steps[1].title, "Second");
	CHECK_STR(l->steps[1].anchor, "two");
	CHECK_STR(command(l, 1, 0, 0), "docker images");
	CHECK_STR(command(l, 1, 1, 0), "ls");
	CHECK_INT(action(l, 1, 2)->kind, LESSON_SHOW);
	CHECK_INT(l->steps[1].nparts, 1);
	CHECK_STR(l->steps[1].parts[0].actions[0].commands[0].text, "docker info");
	CHECK_STR(command(l, 2, 0, 0), "docker version");
	CHECK_INT(action(l, 2, 1)->kind, LESSON_SHOW);
	CHECK_STR(lesson_part(&l->steps[2], LESSON_HINT, 0)->text, "Think\n");
}

static void
inferred(void)
{
	struct lesson *l cleanup_lesson =
	    load("# T\n\n## A\n\n```bash\ndocker run --rm busybox true\ndocker run -dp "
		 "8080:80/tcp -e A=b --name "
		 "web nginx\ndocker stop web && docker rm web\n```\n\n"
		 "## B\n\n```bash\ndocker rmi a b\ndocker rm -f $(docker ps -aq)\npip "
		 "list 2>/dev/null\n"
		 "docker rm 0123456789ab\ndocker logs -f web\nmkdir -p x/y && cd "
		 "x\ntouch z\n```\n");

	CHECK_INT(l->steps[0].nchecks, 3);
	CHECK_STR(check(l, 0, 0)->source, "run \"docker *run *busybox* true*\"");
	/* What the step takes away again was there. */
	CHECK_STR(check(l, 0, 1)->source, "run \"docker *run *nginx*\"");
	CHECK_STR(check(l, 0, 2)->source, "container \"web\" absent");
	CHECK_INT(l->steps[1].nchecks, 5);
	CHECK_STR(check(l, 1, 0)->source, "image \"a\" absent");
	CHECK_STR(check(l, 1, 2)->source, "run \"docker* logs *web*\"");
	CHECK(check(l, 1, 2)->optional && !check(l, 1, 1)->optional);
	CHECK_STR(check(l, 1, 3)->source, "file \"x/y\" exists");
	CHECK_STR(check(l, 1, 4)->folder, "x");
}

static void
inferred_last_word(void)
{
	struct lesson *l cleanup_lesson = load(
	    "# T\n\n## A\n\n```dockerfile\nFROM a\n```\n\n```dockerfile\nFROM b\n```\n\n"
	    "```bash\ntouch x\nrm x\ndocker run -d --name web nginx\n"
	    "docker rm -f $(docker ps -aq)\n```\n");

	CHECK_INT(l->steps[0].nchecks, 2);
	CHECK_STR(check(l, 0, 0)->source, "file \"Dockerfile\" exists");
	CHECK_STR(check(l, 0, 1)->body, "FROM b\n");
}

static void
placeholders(void)
{
	struct lesson *l cleanup_lesson =
	    load("# T\n<!-- assignment\nid: a1\nparameters: port\n-->\n\n## "
		 "A\n\n```bash\nTAG=1\ndocker login -u "
		 "$DOCKER_USER\ndocker push <your-name>/x:$TAG\necho $HOME YOUR_KEY "
		 "'$NOT' {{port}} {{.Names}} <컨테이너ID>\n```\n");
	struct vec values cleanup_vec = VEC_INIT;
	struct buf out cleanup_buf = BUF_INIT(BUF_OURS);

	CHECK(l->assignment);
	CHECK_INT(l->nplaceholders, 5);
	CHECK_STR(l->placeholders[0].name, "docker_user");
	CHECK_STR(l->placeholders[1].name, "your_name");
	CHECK_STR(l->placeholders[2].text, "YOUR_KEY");
	CHECK_STR(l->placeholders[3].text, "<컨테이너ID>");
	CHECK_STR(l->placeholders[4].text, "{{port}}");
	vec_env_set(&values, "your_name", "ada");
	vec_env_set(&values, "port", "8080");
	lesson_fill(
	    l, "docker push <your-name>/x {{port}} {{.Names}} YOUR_KEY", &values, &out);
	CHECK_STR(out.s, "docker push ada/x 8080 {{.Names}} YOUR_KEY");
}

static void
nothing_to_do(void)
{
	struct lesson *l cleanup_lesson =
	    load("# Only words\n\nA text.\n\n## More\n\nAnd more.\n");
	struct lesson *none cleanup_lesson = lesson_load("", 0, "empty.md");

	CHECK_INT(l->nsteps, 1);
	CHECK(strstr(l->steps[0].text, "And more.") != NULL);
	CHECK_INT(lesson_find(l, "more"), 0);
	CHECK_INT(none->nsteps, 1);
	CHECK_STR(none->title, "empty");
}

static void
dump_is_stable(void)
{
	struct lesson *a cleanup_lesson = load(course), *b cleanup_lesson = load(course);
	json_t *ja cleanup_json = lesson_to_json(a), *jb cleanup_json = lesson_to_json(b);
	char *ta cleanup_free = json_dumps(ja, 0), *tb cleanup_free = json_dumps(jb, 0);

	CHECK_STR(ta, tb);
	CHECK(str_starts(
	    ta, "{\"title\": \"Cooking with Containers\", \"steps\": [{\"number\": 1, "));
	CHECK_INT(json_array_size(json_object_get(ja, "steps")), 12);
}

static void
survives(const char *text, size_t len)
{
	struct lesson *l cleanup_lesson = lesson_load(text, len, "nasty.md");
	json_t *j cleanup_json = lesson_to_json(l);

	CHECK(l->nsteps >= 1);
	CHECK(json_is_object(j));
}

static void
nasty_files(void)
{
	static const char *const texts[] = {"```bash\ndocker ps",
	    "<details><summary>Hint", "<!-- expect\nimage", "<!--", "<!-- expect",
	    "<!-- expect -->", "# \n## {#}\n### {#x}", "---\n", "---\n---", "::: hint",
	    "??? tip \"Solution\"\n", "=== \"", "```\n$\n$ \n```", "```bash\n\\\n```",
	    "```bash\n'\n(\n```", "<details>\n<summary>Solution</summary>",
	    "</details>\n</details>", "<!-- expect\n  why: x\n-->",
	    "<!-- expect\nany of\n-->", "<!-- expect\nimage not\n-->", "<!-- when\n-->",
	    "[a]: b\n[a]", "<h1>x</h1><h9>",
	    "\xff\xfe# x\n\n```bash\n\xff\n```\n<!-- expect\nimage \xff exists\n-->",
	    "> ```\n> $ ls\nx\n```", "- - - ```bash\nls\n```",
	    "!!! note\n!!! \n    !!! x\n        y", "```bash\ndocker run --name\n```",
	    "```bash\ndocker\n```", "```bash\ndocker run -p\n> x\n```",
	    "<!-- expect image x exists --> tail", "```bash\ncd\ncd ..\n> f\n```"};

	static const char nul[] = "a\0b\n# x\0y\n```\n$ docker ps\0\n```\n";

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		survives(texts[i], strlen(texts[i]));
	survives(nul, sizeof nul - 1);
}

static void
huge_files(void)
{
	static const char *const units[] = {"x", "> ", "- ", "```\n", "(\n", "# a\n",
	    "<details>\n", "[", "$ docker 'x\n", "!!! x\n    ", "**a ", "<!-- expect\n"};

	for (size_t u = 0; u < ARRAY_LEN(units); u++) {
		struct buf b cleanup_buf = BUF_INIT(BUF_OURS);
		size_t size = u == 0 ? 1 << 20 : 1 << 16;

		if (*units[u] == '(' || *units[u] == '$')
			buf_adds(&b, "```bash\n");
		while (b.len < size)
			buf_adds(&b, units[u]);
		survives(b.s, b.len);
	}
}

TEST_MAIN({"the format's example parses completely", design_example},
    {"every row's example is a line of that row", every_example_loads},
    {"a mistake names the word and the nearest known one", mistakes_suggest},
    {"a mistake has its line, and the rest still loads", mistakes_have_lines},
    {"attributes, any of, not, already", attributes_and_groups},
    {"when describes a misconception", misconceptions},
    {"a comment that ends early is reported", early_end_of_a_comment},
    {"a course document of the known shapes becomes its steps", course_shapes},
    {"the owner's course document loads", owners_document},
    {"hints, solutions and notes leave the main path", hints_and_solutions},
    {"prompts are stripped and output is left out", prompts_and_output},
    {"continuation lines, quotes and here-documents are joined", joined_commands},
    {"blocks are judged by content, then by label", what_blocks_are},
    {"what real tutorials get wrong is repaired", repairs},
    {"commands imply checks", inferred},
    {"the last command of a step has the last word", inferred_last_word},
    {"placeholders are found and filled in", placeholders},
    {"a file with nothing to do is one step", nothing_to_do},
    {"the dump is the same every time", dump_is_stable},
    {"nasty files open", nasty_files}, {"huge files open", huge_files})
