/*
 * check_test.c - expectations judged on facts; http; polling; the workspace
 */
#include "src/check/private.h"
#include "tests/unit/test.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- pure ---- */

struct verdict {
	enum check_outcome outcome;
	char expected[400], actual[400], text[400];
};

static struct verdict
judge_parsed(const struct lesson_check *c, const char *facts)
{
	json_t *j cleanup_json = json_loads(facts, 0, NULL);
	struct check_result r;
	struct verdict v = {0};

	CHECK(j != NULL);
	check_judge(c, j, &r);
	v.outcome = r.outcome;
	snprintf(v.expected, sizeof v.expected, "%s", r.expected ? r.expected : "");
	snprintf(v.actual, sizeof v.actual, "%s", r.actual ? r.actual : "");
	snprintf(v.text, sizeof v.text, "%s", r.text ? r.text : "");
	check_result_done(&r);
	return v;
}

static struct verdict
judge(const char *line, const char *facts)
{
	struct lesson_check c;
	struct err err = ERR_INIT;
	struct verdict v;

	if (lesson_check_parse(line, &c, &err) < 0) {
		printf("# %s: %s\n", line, err.text);
		CHECK(!"the line parses");
	}
	v = judge_parsed(&c, facts);
	lesson_check_done(&c);
	return v;
}

static void
expect(const char *line, const char *facts, enum check_outcome outcome)
{
	struct verdict v = judge(line, facts);

	if (v.outcome != outcome)
		printf("# %s: %s / %s\n", line, v.expected, v.actual);
	CHECK_INT(v.outcome, outcome);
}

#define NONE "{\"exists\":false}"
#define APP \
	"{\"exists\":true,\"id\":\"a1\",\"size\":120000000,\"layers\":9,\"config\":{" \
	"\"Cmd\":[\"python\"," \
	"\"app.py\"],\"ExposedPorts\":{\"5000/tcp\":{}},\"WorkingDir\":\"/" \
	"app\",\"User\":\"\",\"Env\":[" \
	"\"A=1\"],\"Labels\":{\"org.x\":\"y\"}},\"history\":[{\"by\":\"COPY " \
	"base\",\"empty\":false},{" \
	"\"by\":\"WORKDIR /app\",\"empty\":false},{\"by\":\"COPY a . # " \
	"buildkit\",\"empty\":false},{\"by\":" \
	"\"RUN /bin/sh -c pip\",\"empty\":false},{\"by\":\"EXPOSE " \
	"5000\",\"empty\":true},{\"by\":\"COPY . " \
	".\",\"empty\":false}],\"base\":{\"ref\":\"python:3.9-slim\",\"layers\":5," \
	"\"history\":1}}"
#define IMAGES(text) "{\"image\":{" text "}}"

static void
images(void)
{
	expect("image app exists", IMAGES("\"app\":" APP), CHECK_PASS);
	expect("image app exists", IMAGES("\"app\":" NONE), CHECK_FAIL);
	expect("image app not exists", IMAGES("\"app\":" NONE), CHECK_PASS);
	expect("image app absent", IMAGES("\"app\":" APP), CHECK_FAIL);
	expect("image app absent", IMAGES("\"app\":" NONE), CHECK_PASS);
	expect("image app layers base+4", IMAGES("\"app\":" APP), CHECK_PASS);
	expect("image app layers base+5", IMAGES("\"app\":" APP), CHECK_FAIL);
	CHECK_STR(
	    judge("image app layers base+5", IMAGES("\"app\":" APP)).actual, "4 layers");
	CHECK_STR(judge("image app layers base+5", IMAGES("\"app\":" APP)).expected,
	    "5 layers above python:3.9-slim");
	expect(
	    "image app layers by RUN COPY ADD = 3", IMAGES("\"app\":" APP), CHECK_PASS);
	expect("image app layers by RUN COPY WORKDIR = 4", IMAGES("\"app\":" APP),
	    CHECK_PASS);
	expect("image app layers by RUN > 1", IMAGES("\"app\":" APP), CHECK_FAIL);
	expect("image app same as b", IMAGES("\"app\":" APP ",\"b\":" APP), CHECK_PASS);
	expect("image app same as b", IMAGES("\"app\":" APP ",\"b\":" NONE), CHECK_FAIL);
}

static void
unknown_is_no_failure(void)
{
	expect("image app exists", IMAGES("\"app\":{\"error\":\"disk\"}"), CHECK_ERROR);
	expect(
	    "image app not exists", IMAGES("\"app\":{\"error\":\"disk\"}"), CHECK_ERROR);
	expect("image app layers base+4",
	    IMAGES("\"app\":{\"exists\":true,\"layers\":4,\"history\":[]}"), CHECK_ERROR);
	expect("image app exists", "{}", CHECK_SKIPPED);
	expect("report has heading \"Challenges\"", "{}", CHECK_ERROR);
}

static void
sizes(void)
{
	const char *two =
	    IMAGES("\"app\":" APP ",\"fat\":{\"exists\":true,\"size\":300000000}");

	expect("image app size < 60% of fat", two, CHECK_PASS);
	expect("image app size < 30% of fat", two, CHECK_FAIL);
	expect("image app size < 150MB", two, CHECK_PASS);
	expect("image app size > 150MB", two, CHECK_FAIL);
	CHECK_STR(judge("image app size > 150MB", two).actual, "120MB");
	expect("image app size < 60%", two, CHECK_ERROR);
	expect("image app size < 60% of gone", IMAGES("\"app\":" APP ",\"gone\":" NONE),
	    CHECK_FAIL);
}

static void
config(void)
{
	const char *f = IMAGES("\"app\":" APP);

	expect("image app config.Cmd = [\"python\", \"app.py\"]", f, CHECK_PASS);
	expect("image app config.Cmd = [\"python\"]", f, CHECK_FAIL);
	expect("image app config.WorkingDir = \"/app\"", f, CHECK_PASS);
	expect("image app config.Labels.org.x = \"y\"", f, CHECK_PASS);
	expect("image app config.User = null", f, CHECK_PASS);
	expect("image app config.Entrypoint = null", f, CHECK_PASS);
	expect("image app config.Cmd = null", f, CHECK_FAIL);
	expect("image app config.ExposedPorts contains \"5000/tcp\"", f, CHECK_PASS);
	expect("image app config.ExposedPorts contains \"80/tcp\"", f, CHECK_FAIL);
	expect("image app config.Env contains \"A=1\"", f, CHECK_PASS);
	expect("image app config.Env contains \"A\"", f, CHECK_FAIL);
	CHECK_STR(judge("image app config.Volumes contains \"/x\"", f).actual, "nothing");
}

static void
image_files(void)
{
	const char *f =
	    "{\"image-file\":{\"app\\n/a\":{\"exists\":true,\"kind\":\"file\",\"text\":"
	    "\"Flask\"},\"app\\n/b\":" NONE ",\"no\\n/a\":{\"exists\":false,"
	    "\"no_image\":true}}}";

	expect("image app file /a exists", f, CHECK_PASS);
	expect("image app file /b exists", f, CHECK_FAIL);
	expect("image app file /b absent", f, CHECK_PASS);
	expect("image no file /a absent", f, CHECK_FAIL);
	expect("image app file /a contains Flask", f, CHECK_PASS);
	expect("image app file /b contains Flask", f, CHECK_FAIL);
}

static void
built(void)
{
	const char *yes =
	    "{\"image\":{\"app\":" APP "},\"commands\":{\"\":{\"list\":[{\"line\":"
	    "\"docker build\",\"status\":0,\"tags\":[\"app:latest\"]}]}}}";
	const char *failed =
	    "{\"image\":{\"app\":" APP "},\"commands\":{\"\":{\"list\":[{\"line\":"
	    "\"docker build\",\"status\":1,\"tags\":[\"app\"]}]}}}";

	expect("image app built", yes, CHECK_PASS);
	expect("image app built", failed, CHECK_FAIL);
}

#define WEB(status, code) \
	"{\"container\":{\"web\":{\"exists\":true,\"status\":\"" status \
	"\",\"exit_code\":" code ",\"image\":\"app\",\"image_id\":\"a1\",\"ports\":[{" \
	"\"port\":\"5000/tcp\",\"host\":5000}]}}," \
	"\"image\":{\"app\":" APP "}"
#define NOWEB "{\"container\":{\"web\":" NONE "}}"

static void
containers(void)
{
	expect("container web running", WEB("running", "0") "}", CHECK_PASS);
	expect("container web running", WEB("exited", "1") "}", CHECK_FAIL);
	CHECK_STR(judge("container web running", WEB("exited", "1") "}").actual,
	    "it has ended with exit code 1");
	expect("container web running", NOWEB, CHECK_FAIL);
	CHECK_STR(
	    judge("container web running", NOWEB).actual, "there is no container web");
	expect("container web stopped", WEB("exited", "1") "}", CHECK_PASS);
	expect("container web stopped", WEB("running", "0") "}", CHECK_FAIL);
	expect("container web stopped", NOWEB, CHECK_FAIL);
	expect("container web exists", WEB("created", "0") "}", CHECK_PASS);
	expect("container web exists", NOWEB, CHECK_FAIL);
	expect("container web absent", NOWEB, CHECK_PASS);
	expect("container web absent", WEB("exited", "1") "}", CHECK_FAIL);
	expect("container web not running", NOWEB, CHECK_PASS);
	expect("container web not running", WEB("running", "0") "}", CHECK_FAIL);
	expect("container web exited with 1", WEB("exited", "1") "}", CHECK_PASS);
	expect("container web exited with 0", WEB("exited", "1") "}", CHECK_FAIL);
	expect("container web exited with 0", WEB("running", "0") "}", CHECK_FAIL);
	expect("container web of app", WEB("running", "0") "}", CHECK_PASS);
	expect("container web of old",
	    "{\"container\":{\"web\":{\"exists\":true,\"image_id\":\"z\"}},\"image\":{"
	    "\"old\":" APP "}}",
	    CHECK_FAIL);
}

static void
ports(void)
{
	expect("container web port 5000/tcp on 5000", WEB("running", "0") "}",
	    CHECK_SKIPPED);
	expect("container web port 5000 on 5000",
	    WEB("running", "0") ",\"probe\":{\"5000\":{\"answers\":true}}}", CHECK_PASS);
	expect("container web port 5000 on 5000",
	    WEB("running", "0") ",\"probe\":{\"5000\":{\"failed\":\"empty\"}}}",
	    CHECK_FAIL);
	expect(
	    "container web port 5000/tcp on 8080", WEB("running", "0") "}", CHECK_FAIL);
	CHECK_STR(
	    judge("container web port 5000/tcp on 8080", WEB("running", "0") "}").actual,
	    "published is 5000/tcp on 5000");
	expect("container web port 5000/tcp on 5000", WEB("exited", "0") "}", CHECK_FAIL);
}

static void
stops(void)
{
	expect("container web stops within 1s",
	    WEB("running", "0") ",\"stops\":{\"web\":{\"seconds\":0.2}}}", CHECK_PASS);
	expect("container web stops within 1s",
	    WEB("running", "0") ",\"stops\":{\"web\":{\"seconds\":10.1}}}", CHECK_FAIL);
	expect("container web stops within 1s", WEB("exited", "0") "}", CHECK_FAIL);
	expect("container web not stops within 1s", NOWEB, CHECK_FAIL);
	expect("container web not stops within 1s",
	    WEB("running", "0") ",\"stops\":{\"web\":{\"seconds\":10.1}}}", CHECK_PASS);
	expect("container web stops within 1s",
	    "{\"container\":{\"web\":{\"exists\":true,\"status\":\"running\",\"auto_"
	    "remove\":true}}}",
	    CHECK_ERROR);
}

static void
http(void)
{
	const char *ok = "{\"http\":{\"GET "
			 "http://localhost/\":{\"code\":200,\"body\":\"Hello, you\"}}}";
	const char *no =
	    "{\"http\":{\"GET http://localhost/\":{\"failed\":\"refused\"}}}";
	const char *bad =
	    "{\"http\":{\"GET http://localhost/\":{\"code\":500,\"body\":\"\"}}}";

	expect("http GET http://localhost/ 200 contains Hello", ok, CHECK_PASS);
	expect("http GET http://localhost/ 200 contains Bye", ok, CHECK_FAIL);
	expect("http GET http://localhost/ ~ \"^Hello, [a-z]+$\"", ok, CHECK_PASS);
	expect("http GET http://localhost/ 404", ok, CHECK_FAIL);
	expect("http GET http://localhost/", ok, CHECK_PASS);
	expect("http GET http://localhost/", bad, CHECK_FAIL);
	expect("http GET http://localhost/ 500", bad, CHECK_PASS);
	CHECK_STR(
	    judge("http GET http://localhost/ 200", no).actual, "nothing listens there");
	CHECK_STR(judge("http GET http://localhost/ 200 contains Hello", ok).text,
	    "http://localhost/ answers with 200, and the answer contains Hello");
}

static void
outputs(void)
{
	const char *f =
	    "{\"output\":{\"docker ps\":{\"status\":0,\"text\":\"web app\\n\"}}}";

	expect("output \"docker ps\" contains web", f, CHECK_PASS);
	expect("output \"docker ps\" contains db", f, CHECK_FAIL);
	expect("output \"docker ps\" ~ \"a(\"", f, CHECK_ERROR);
}

#define DF \
	"{\"dockerfile\":{\"\":{\"instructions\":[{\"line\":1,\"text\":\"FROM " \
	"python:3.9-slim\"},{" \
	"\"line\":2,\"text\":\"COPY requirements.txt .\"},{\"line\":3,\"text\":\"RUN " \
	"pip install -r " \
	"requirements.txt\"},{\"line\":4,\"text\":\"COPY . " \
	".\"},{\"line\":5,\"text\":\"CMD [\\\"python\\\", " \
	"\\\"app.py\\\"]\"}]}}"

static void
dockerfile_has(void)
{
	expect("dockerfile has \"FROM python*\"", DF "}", CHECK_PASS);
	expect("dockerfile has \"from python*\"", DF "}", CHECK_PASS);
	expect("dockerfile has \"USER *\"", DF "}", CHECK_FAIL);
	expect("dockerfile not has \"USER *\"", DF "}", CHECK_PASS);
	expect("dockerfile has \"COPY requirements.txt*\" before \"RUN *pip install*\"",
	    DF "}", CHECK_PASS);
	expect("dockerfile has \"COPY . *\" before \"RUN *pip install*\"", DF "}",
	    CHECK_FAIL);
	expect("dockerfile has 'CMD [\"python\",\"app.py\"]'", DF "}", CHECK_PASS);
	expect(
	    "dockerfile has \"FROM x\"", "{\"dockerfile\":{\"\":" NONE "}}", CHECK_FAIL);
	CHECK_STR(
	    judge("dockerfile has \"FROM x\"",
		"{\"dockerfile\":{\"\":{\"problem\":\"unknown instruction: COPYY\"}}}")
		.actual,
	    "unknown instruction: COPYY");
}

static void
dockerfile_document(void)
{
	struct lesson_check c;
	char same[1200], other[1200];

	CHECK(lesson_check_parse("dockerfile same as document", &c, NULL) == 0);
	c.body = xstrdup("doc");
	snprintf(same, sizeof same, "%s,\"document\":{\"doc\":%s}", DF,
	    strstr(DF, "{\"instructions"));
	same[strlen(same)] = '\0';
	snprintf(other, sizeof other,
	    "%s,\"document\":{\"doc\":{\"instructions\":[{\"text\":\"FROM   "
	    "python:3.9-slim\"}]}}}",
	    DF);
	CHECK_INT(judge_parsed(&c, same).outcome, CHECK_PASS);
	CHECK_INT(judge_parsed(&c, other).outcome, CHECK_FAIL);
	lesson_check_done(&c);
	CHECK(lesson_check_parse("dockerfile includes document", &c, NULL) == 0);
	c.body = xstrdup("doc");
	CHECK_INT(judge_parsed(&c, other).outcome, CHECK_PASS);
	lesson_check_done(&c);
}

static void
files(void)
{
	const char *f =
	    "{\"file\":{\"\\na\":{\"exists\":true,\"text\":\"x=1\"},\"\\nb\":" NONE "}}";

	expect("file a exists", f, CHECK_PASS);
	expect("file b exists", f, CHECK_FAIL);
	expect("file a absent", f, CHECK_FAIL);
	expect("file b absent", f, CHECK_PASS);
	expect("file a contains x=", f, CHECK_PASS);
	expect("file a ~ \"^y\"", f, CHECK_FAIL);
	expect("file b contains x", f, CHECK_FAIL);
}

static void
contexts(void)
{
	expect("context excludes .env",
	    "{\"context\":{\"\\n.env\":{\"included\":[\".env\"],\"excluded\":0,\"rules\":"
	    "false}}}",
	    CHECK_FAIL);
	expect("context excludes .env",
	    "{\"context\":{\"\\n.env\":{\"included\":[],\"excluded\":1,\"rules\":true}}}",
	    CHECK_PASS);
	expect("context excludes .env",
	    "{\"context\":{\"\\n.env\":{\"included\":[],\"excluded\":0,\"rules\":false}}"
	    "}",
	    CHECK_FAIL);
	expect("context includes a",
	    "{\"context\":{\"\\na\":{\"included\":[\"a\"],\"excluded\":0,\"rules\":false}"
	    "}}",
	    CHECK_PASS);
	expect("context includes a",
	    "{\"context\":{\"\\na\":{\"included\":[],\"excluded\":1,\"rules\":true}}}",
	    CHECK_FAIL);
}

static void
runs(void)
{
	const char *f =
	    "{\"commands\":{\"\":{\"list\":[{\"line\":\"docker  ps -a\",\"status\":0},{"
	    "\"line\":\"docker build .\",\"status\":1}]}}}";

	expect("run \"docker ps*\"", f, CHECK_PASS);
	expect("run \"docker images*\"", f, CHECK_FAIL);
	expect("run \"docker build*\"", f, CHECK_FAIL);
	expect("run \"docker build*\" exits 1", f, CHECK_PASS);
	expect("run \"docker ps*\" exits 1", f, CHECK_FAIL);
}

static const char any_text[] =
    "# T\n\n## S\n\n```bash\nls\n```\n\n<!-- expect\nany of\n   file a "
    "exists\n   file b exists\nfile c exists\n   id: c\nfile d exists\n"
    "   needs: c\n-->\n";

static void
groups(void)
{
	struct lesson *l cleanup_lesson = lesson_load(any_text, strlen(any_text), "t.md");
	const struct lesson_check *c = l->steps[0].checks;
	struct check_results r cleanup_check_results = {0};
	json_t *f cleanup_json =
	    json_loads("{\"file\":{\"\\na\":{\"exists\":false},\"\\nb\":{"
		       "\"exists\":true},\"\\nc\":{\"exists\":false},\"\\nd\":{"
		       "\"exists\":true}}}",
		0, NULL);

	CHECK_INT(l->steps[0].nchecks, 3);
	r.list = xcalloc(3, sizeof *r.list);
	r.len = 3;
	for (size_t i = 0; i < 3; i++)
		check_judge(&c[i], f, &r.list[i]);
	CHECK_INT(r.list[0].outcome, CHECK_PASS);
	CHECK_INT(r.list[2].outcome, CHECK_PASS);
	check_apply_needs(c, 3, &r);
	CHECK_INT(r.list[1].outcome, CHECK_FAIL);
	CHECK_INT(r.list[2].outcome, CHECK_SKIPPED);
}

static void
every_example(void)
{
	for (const struct lesson_verb *v = lesson_verbs(); v->id != VERB_NONE; v++) {
		struct verdict seen = judge(v->example, "{}");

		/* Without facts nothing passes and nothing fails. */
		CHECK_INT(seen.outcome, v->judged ? CHECK_SKIPPED : seen.outcome);
		CHECK(seen.outcome == CHECK_SKIPPED || seen.outcome == CHECK_ERROR);
		CHECK(seen.text[0] != '\0');
	}
}

/* The line that matters, not the head of the file. */
static void
near_lines(void)
{
#define FILE_OF(text) \
	"{\"file\":{\"\\napp.py\":{\"exists\":true,\"kind\":\"file\",\"text\":\"" text \
	"\"}}}"
#define HEAD \
	"from flask import Flask\\napp = Flask(__name__)\\n\\ndef hello():\\n    " \
	"return 1\\n"
	const char *line = "file app.py contains \"0.0.0.0\"";

	CHECK_STR(
	    judge(line, FILE_OF(HEAD "app.run(host='127.0.0.1', port=5000)\\n")).actual,
	    "app.run(host='127.0.0.1', port=5000)");
	CHECK_STR(judge(line, FILE_OF(HEAD)).actual, "nothing like it in app.py");
	CHECK_STR(judge(line, FILE_OF("")).actual, "app.py is empty");
	CHECK_STR(judge(line, FILE_OF("hello")).actual, "hello");
	expect(line, FILE_OF(HEAD "x 0.0.0.0\\n"), CHECK_PASS);
}

/* Docker's whole message has been on the screen already. */
static void
never_started(void)
{
	const char *facts =
	    "{\"container\":{\"web\":{\"exists\":true,\"status\":\"created\",\"error\":"
	    "\"failed to set up container networking: driver failed\"}}}";
	struct verdict v = judge("container web running", facts);

	CHECK_INT(v.outcome, CHECK_FAIL);
	CHECK_STR(v.actual, "created, never started");
	expect("container web port 5000 on 5000", facts, CHECK_FAIL);
}

/* What is missing is told once. */
static void
told_once(void)
{
	static const char *const lines[] = {"dockerfile has \"FROM *\"",
	    "dockerfile has \"COPY *\"", "image app exists",
	    "image app config.User = \"a\"", "file a exists"};
	cleanup_json json_t *f = json_loads("{\"dockerfile\":{\"\":{\"problem\":"
					    "\"unknown instruction: COPYY\",\"line\":2}},"
					    "\"image\":{\"app\":{\"exists\":false}},"
					    "\"file\":{\"\\na\":{\"exists\":false}}}",
	    0, NULL);
	struct lesson_check c[ARRAY_LEN(lines)];
	struct check_result list[ARRAY_LEN(lines)];
	struct check_results r = {list, ARRAY_LEN(lines)};
	static const enum check_outcome wanted[] = {
	    CHECK_FAIL, CHECK_SKIPPED, CHECK_FAIL, CHECK_SKIPPED, CHECK_FAIL};

	CHECK(f != NULL);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		CHECK(lesson_check_parse(lines[i], &c[i], NULL) == 0);
		check_judge(&c[i], f, &list[i]);
	}
	check_apply_needs(c, ARRAY_LEN(lines), &r);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		CHECK_INT(list[i].outcome, wanted[i]);
		check_result_done(&list[i]);
		lesson_check_done(&c[i]);
	}
}

static void
container_insides(void)
{
	const char *facts =
	    "{\"container\":{\"web\":{\"exists\":true},\"no\":{\"exists\":false}},"
	    "\"inspect\":{"
	    "\"web\":{\"exists\":true,\"config\":{\"User\":\"app\",\"Env\":[\"A=1\"]}},"
	    "\"no\":{"
	    "\"exists\":false}},\"log\":{\"web\":{\"text\":\"x\\nRunning on y\\n\"}}}";

	expect("container web config.User = \"app\"", facts, CHECK_PASS);
	expect("container web config.User = \"root\"", facts, CHECK_FAIL);
	expect("container web config.Env contains \"A=1\"", facts, CHECK_PASS);
	expect("container web config.Env contains \"B=1\"", facts, CHECK_FAIL);
	expect("container no config.User = \"app\"", facts, CHECK_FAIL);
	expect("container web logs contains \"Running on\"", facts, CHECK_PASS);
	expect("container web logs contains \"Listening\"", facts, CHECK_FAIL);
	expect("container no logs contains \"Running\"", facts, CHECK_FAIL);
}

static void
no_globs_on_the_screen(void)
{
	static const char *const pairs[][2] = {{"docker* ps*", "docker ps"},
	    {"docker *run *my-app*", "docker run my-app"}, {"COPY * .", "COPY ... ."},
	    {"FROM *:*", "FROM ..."}, {"docker ps", "docker ps"}, {"", ""}};

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		cleanup_free char *plain = words_glob(pairs[i][0]);

		CHECK_STR(plain, pairs[i][1]);
	}
	CHECK_STR(judge("run \"docker* ps*\"", "{}").text, "docker ps has been run");
}

/* ---- facts from texts and folders ---- */

static void
dockerfile_texts(void)
{
	static const char text[] = "from  busybox\nRUN a \\\n  b\nCMD [\"x\" ,\"y\"]\n";
	json_t *df cleanup_json = sandbox_fact_dockerfile(text, strlen(text));
	json_t *bad cleanup_json = sandbox_fact_dockerfile("FROM a\nCOPYY . .\n", 17);
	const json_t *list = json_object_get(df, "instructions");

	CHECK_INT(json_array_size(list), 3);
	CHECK_STR(json_get_str(json_array_get(list, 0), "text", ""), "FROM busybox");
	CHECK_STR(json_get_str(json_array_get(list, 1), "text", ""), "RUN a b");
	CHECK_STR(
	    json_get_str(json_array_get(list, 2), "text", ""), "CMD [\"x\", \"y\"]");
	CHECK_INT(json_get_int(json_array_get(list, 2), "line", 0), 4);
	CHECK(strstr(json_get_str(bad, "problem", ""), "COPYY") != NULL);
	CHECK_INT(json_get_int(bad, "line", 0), 2);
}

static void
globs(void)
{
	CHECK(sandbox_glob("RUN *pip install*", "RUN pip install x"));
	CHECK(sandbox_glob("a*b*c", "aXbYbZc"));
	CHECK(!sandbox_glob("a*b", "abc"));
	CHECK(sandbox_glob("?", "x"));
	CHECK(!sandbox_glob("?", ""));
	CHECK(sandbox_glob("CMD [\"a\"]", "CMD [\"a\"]"));
	CHECK(sandbox_same_name("app", "docker.io/library/app:latest"));
	CHECK(!sandbox_same_name("app:1", "app"));
}

static char folder[64];

static int
make_folder(void)
{
	snprintf(folder, sizeof folder, "/tmp/check-test-XXXXXX");
	CHECK(mkdtemp(folder) != NULL);
	return open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void
put_file(int at, const char *name, const char *text)
{
	CHECK(fd_write_file(at, name, text, strlen(text), 0644, NULL) == 0);
}

static json_t *
context(int fd, const char *glob)
{
	struct err err = ERR_INIT;
	json_t *j = sandbox_fact_context(fd, glob, &err);

	CHECK(j != NULL);
	return j;
}

static void
context_folder(void)
{
	cleanup_fd int fd = make_folder();

	put_file(fd, "app.py", "x");
	put_file(fd, ".env", "x");
	CHECK(mkdirat(fd, ".git", 0755) == 0);
	put_file(fd, ".git/config", "x");
	{
		json_t *a cleanup_json = context(fd, ".env"),
			  *b cleanup_json = context(fd, ".git");

		CHECK_INT(json_array_size(json_object_get(a, "included")), 1);
		CHECK_INT(json_array_size(json_object_get(b, "included")), 1);
	}
	put_file(fd, ".dockerignore", ".env\n.git\n**/__pycache__\n");
	{
		json_t *a cleanup_json = context(fd, ".env"),
			  *b cleanup_json = context(fd, ".git"),
			  *c cleanup_json = context(fd, "**/__pycache__"),
			  *d cleanup_json = context(fd, "app.py");

		CHECK_INT(json_array_size(json_object_get(a, "included")), 0);
		CHECK_INT(json_get_int(a, "excluded", 0), 1);
		CHECK_INT(json_get_int(b, "excluded", 0), 1);
		CHECK(json_get_bool(c, "rules", false));
		CHECK_INT(json_array_size(json_object_get(d, "included")), 1);
	}
	fd_remove_tree(AT_FDCWD, folder);
}

/* A world without a session: only the workspace is asked. */
static struct check_result
judge_here(const char *line, const char *cwd, double within)
{
	struct check_world *w = check_world_new(NULL, NULL, folder, NULL);
	struct check_results r = {0};
	struct check_result one;
	struct lesson_check c;

	CHECK(lesson_check_parse(line, &c, NULL) == 0);
	c.within = within;
	CHECK(check_world_judge(w, &c, 1, cwd, CHECK_WAIT, &r, NULL) == 0);
	one = r.list[0];
	free(r.list);
	lesson_check_done(&c);
	check_world_free(w);
	return one;
}

static enum check_outcome
outcome_here(const char *line, const char *cwd)
{
	struct check_result r = judge_here(line, cwd, -1);
	enum check_outcome outcome = r.outcome;

	check_result_done(&r);
	return outcome;
}

static void
workspace_files(void)
{
	cleanup_fd int fd = make_folder();
	char sub[100], absolute[100], outside[200];

	put_file(fd, "a", "hello");
	CHECK(mkdirat(fd, "sub", 0755) == 0);
	put_file(fd, "sub/b", "below");
	put_file(fd, "sub/Dockerfile", "FROM busybox\n");
	CHECK(symlinkat("/etc/passwd", fd, "link") == 0);
	snprintf(sub, sizeof sub, "%s/sub", folder);
	snprintf(absolute, sizeof absolute, "file %s/a exists", folder);
	snprintf(outside, sizeof outside, "file %s/../../etc/passwd exists", folder);
	CHECK_INT(outcome_here("file a contains hello", folder), CHECK_PASS);
	CHECK_INT(outcome_here("file a exists", sub), CHECK_PASS);
	CHECK_INT(outcome_here("file b exists", sub), CHECK_PASS);
	CHECK_INT(outcome_here("file b exists", folder), CHECK_FAIL);
	CHECK_INT(outcome_here("dockerfile has \"FROM *\"", sub), CHECK_PASS);
	CHECK_INT(outcome_here("dockerfile has \"FROM *\"", folder), CHECK_FAIL);
	CHECK_INT(outcome_here(absolute, "/"), CHECK_PASS);
	/* nothing outside is ever looked at */
	CHECK_INT(outcome_here(outside, folder), CHECK_ERROR);
	CHECK_INT(outcome_here("file /etc/passwd exists", folder), CHECK_ERROR);
	CHECK_INT(outcome_here("file ../../etc/passwd exists", folder), CHECK_FAIL);
	CHECK_INT(outcome_here("file link contains root", folder), CHECK_FAIL);
	CHECK_INT(outcome_here("output \"cat /etc/passwd\" contains root", folder),
	    CHECK_ERROR);
	CHECK_INT(outcome_here("http GET http://192.0.2.1/ 200", folder), CHECK_ERROR);
	CHECK_INT(outcome_here("http GET https://localhost/ 200", folder), CHECK_ERROR);
	fd_remove_tree(AT_FDCWD, folder);
}

static void
waiting(void)
{
	cleanup_fd int fd = make_folder();
	int64_t begin = clock_mono();
	struct check_result r;
	pid_t child = fork();

	if (child == 0) {
		usleep(300000);
		_exit(fd_write_file(fd, "late", "x", 1, 0644, NULL) < 0);
	}
	r = judge_here("file late exists", folder, 10);
	CHECK_INT(r.outcome, CHECK_PASS);
	CHECK(clock_mono() - begin < 5 * NS_PER_S);
	check_result_done(&r);
	CHECK(waitpid(child, NULL, 0) == child);
	begin = clock_mono();
	r = judge_here("file never exists", folder, 0.3);
	CHECK_INT(r.outcome, CHECK_FAIL);
	CHECK(clock_mono() - begin >= NS_PER_S * 3 / 10);
	check_result_done(&r);
	fd_remove_tree(AT_FDCWD, folder);
}

static void
note_wait(void *arg, const char *what)
{
	snprintf(arg, 100, "%s", what);
}

/* Long waiting is told, and Ctrl-C ends it: also where it is ignored otherwise. */
static void
given_up(void)
{
	cleanup_fd int fd = make_folder();
	struct check_world *w = check_world_new(NULL, NULL, folder, NULL);
	int64_t begin = clock_mono();
	struct check_results r = {0};
	struct lesson_check c;
	char told[100] = "";
	pid_t child;

	CHECK(signal(SIGINT, SIG_IGN) != SIG_ERR);
	child = fork();
	if (child == 0) {
		usleep(900000);
		_exit(kill(getppid(), SIGINT) < 0);
	}
	CHECK(lesson_check_parse("file never exists", &c, NULL) == 0);
	c.within = 20;
	check_world_tell(w, note_wait, told);
	CHECK(check_world_judge(w, &c, 1, NULL, CHECK_WAIT, &r, NULL) == 0);
	CHECK_INT(r.list[0].outcome, CHECK_FAIL);
	CHECK(clock_mono() - begin < 10 * NS_PER_S);
	CHECK_STR(told, "this to come true: never is in the workspace");
	CHECK(waitpid(child, NULL, 0) == child);
	CHECK(signal(SIGINT, SIG_DFL) == SIG_IGN);
	check_results_done(&r);
	lesson_check_done(&c);
	check_world_free(w);
	fd_remove_tree(AT_FDCWD, folder);
}

/* ---- http, over a real socket ---- */

/* Serves one connection with the answer (NULL: closes without one); gives the port. */
static int
serve(const char *answer, pid_t *pid)
{
	struct sockaddr_in a = {
	    .sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char request[2000];

	CHECK(fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof a) == 0 &&
	      listen(fd, 1) == 0);
	CHECK(getsockname(fd, (struct sockaddr *)&a, &len) == 0);
	*pid = fork();
	if (*pid == 0) {
		alarm(20);

		int c = accept(fd, NULL, NULL);

		if (read(c, request, sizeof request) <= 0)
			_exit(1);
		if (answer != NULL)
			fd_write_all(c, answer, strlen(answer));
		_exit(0);
	}
	close(fd);
	return ntohs(a.sin_port);
}

static json_t *
ask(const char *answer, bool probe)
{
	char url[80];
	pid_t pid;
	int port = serve(answer, &pid);
	json_t *j;

	snprintf(url, sizeof url, "http://localhost:%d/x?y#z", port);
	/* a host's own network needs nothing of the session */
	j = probe ? http_probe(NULL, port, 2000, -1)
		  : http_ask(NULL, "GET", url, 2000, -1);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return j;
}

static void
http_answers(void)
{
	json_t *plain cleanup_json =
	    ask("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHello", false);
	json_t *chunks cleanup_json =
	    ask("HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n"
		"abc\r\n2\r\nde\r\n0\r\n\r\n",
		false);
	json_t *none cleanup_json = ask(NULL, false),
		     *odd cleanup_json = ask("220 hi\r\n", false);
	json_t *behind cleanup_json = ask("220 hi\r\n", true),
		       *empty cleanup_json = ask(NULL, true);

	CHECK_INT(json_get_int(plain, "code", 0), 200);
	CHECK_STR(json_get_str(plain, "body", ""), "Hello");
	CHECK_INT(json_get_int(chunks, "code", 0), 404);
	CHECK_STR(json_get_str(chunks, "body", ""), "abcde");
	CHECK_STR(json_get_str(none, "failed", ""), "empty");
	CHECK_STR(json_get_str(odd, "failed", ""), "garbled");
	CHECK(json_get_bool(behind, "answers", false));
	CHECK_STR(json_get_str(empty, "failed", ""), "empty");
}

static void
http_refused(void)
{
	json_t *j cleanup_json = NULL;
	char url[80];
	pid_t pid;
	int port = serve("", &pid);

	CHECK(kill(pid, SIGKILL) == 0 && waitpid(pid, NULL, 0) == pid);
	snprintf(url, sizeof url, "http://127.0.0.1:%d", port);
	j = http_ask(NULL, "GET", url, 2000, -1);
	CHECK_STR(json_get_str(j, "failed", ""), "refused");
	CHECK_INT(collect_port(url), port);
	CHECK_INT(collect_port("http://localhost/a:5"), 80);
	CHECK_INT(collect_port("http://example.org/"), 0);
}

static void
words(void)
{
	struct vec v cleanup_vec = VEC_INIT;
	char *s cleanup_free = words_squeeze("  CMD [ \"a\" ,  \"b\" ]  x ");
	char *t cleanup_free = words_short("a\n b\tc", 100),
		*u cleanup_free = words_short("abcdef", 3);
	char *z cleanup_free = words_size(1234567);

	check_split("docker run 'a b' \"c\\\"d\" e\\ f", &v);
	CHECK_INT(v.len, 5);
	CHECK_STR(v.v[2], "a b");
	CHECK_STR(v.v[3], "c\"d");
	CHECK_STR(v.v[4], "e f");
	CHECK_STR(s, "CMD [\"a\",\"b\"] x");
	CHECK_STR(t, "a b c");
	CHECK_STR(u, "abc...");
	CHECK_STR(z, "1.23MB");
}

TEST_MAIN({"images: there, layers, same", images},
    {"what cannot be found out is an error, what was not asked is skipped",
	unknown_is_no_failure},
    {"sizes: bytes and parts of another image", sizes},
    {"values of a configuration", config}, {"files of an image", image_files},
    {"an image built in this step", built},
    {"containers: running, stopped, absent, ended", containers},
    {"ports: published, and somebody behind", ports}, {"how long a stop takes", stops},
    {"web addresses", http}, {"output of a command", outputs},
    {"instructions of the Dockerfile, and their order", dockerfile_has},
    {"a Dockerfile like the document's", dockerfile_document},
    {"files of the workspace", files}, {"what the build sees", contexts},
    {"commands that were run", runs}, {"any of, and needs", groups},
    {"what was found is the line that comes near", near_lines},
    {"a container that never started has failed", never_started},
    {"what is missing is told once", told_once},
    {"configuration and log of a container", container_insides},
    {"patterns are shown as people write them", no_globs_on_the_screen},
    {"every verb of the vocabulary has a judge or an honest word", every_example},
    {"a Dockerfile becomes a list of instructions", dockerfile_texts},
    {"globs and names of images", globs},
    {"a context folder and its .dockerignore", context_folder},
    {"nothing outside of the workspace is looked at", workspace_files},
    {"what may come true is polled", waiting},
    {"waiting is told, and can be given up", given_up},
    {"http: answers, chunks, silence", http_answers},
    {"http: nothing listens", http_refused}, {"texts", words})
