/*
 * format_test.c - templates, tables, numbers: the strings that a real Docker printed
 */
#include "sandbox/base/base.h"
#include "sandbox/format/format.h"
#include "tests/unit/test.h"

/* ---- numbers ---- */

static void
sizes(void)
{
	static const struct {
		double bytes;
		const char *three, *four, *binary;
	} rows[] = {
	    {0, "0B", "0B", "0B"},
	    {6, "6B", "6B", "6B"},
	    {422, "422B", "422B", "422B"},
	    {13300, "13.3kB", "13.3kB", "12.99KiB"},
	    {1980000, "1.98MB", "1.98MB", "1.888MiB"},
	    {2746123, "2.75MB", "2.746MB", "2.619MiB"},
	    {133000000, "133MB", "133MB", "126.8MiB"},
	    {1010000000, "1.01GB", "1.01GB", "963.2MiB"},
	    {999600, "1e+03kB", "999.6kB", "976.2KiB"},
	};
	char text[FORMAT_TEXT];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		format_size(rows[i].bytes, text);
		CHECK_STR(text, rows[i].three);
		format_size4(rows[i].bytes, text);
		CHECK_STR(text, rows[i].four);
		format_size_binary(rows[i].bytes, text);
		CHECK_STR(text, rows[i].binary);
	}
}

static void
build_sizes(void)
{
	static const struct {
		int64_t bytes;
		const char *want;
	} rows[] = {{2, "2B"}, {37, "37B"}, {541, "541B"}, {1234, "1.23kB"},
	    {3640000, "3.64MB"}, {10200000, "10.20MB"}};
	char text[FORMAT_TEXT];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		format_size_build(rows[i].bytes, text);
		CHECK_STR(text, rows[i].want);
	}
}

static void
durations(void)
{
	enum { M = 60, H = 3600, D = 24 * H };
	static const struct {
		int64_t seconds;
		const char *want;
	} rows[] = {{-5, "Less than a second"}, {0, "Less than a second"},
	    {1, "1 second"}, {47, "47 seconds"}, {60, "About a minute"},
	    {119, "About a minute"}, {120, "2 minutes"}, {45 * M, "45 minutes"},
	    {59 * M + 59, "59 minutes"}, {60 * M, "About an hour"},
	    {89 * M, "About an hour"}, {90 * M, "2 hours"}, {47 * H, "47 hours"},
	    {2 * D, "2 days"}, {13 * D, "13 days"}, {14 * D, "2 weeks"},
	    {59 * D, "8 weeks"}, {60 * D, "2 months"}, {300 * D, "10 months"},
	    {730 * D, "2 years"}, {10 * 365 * D, "10 years"}};
	char text[FORMAT_TEXT];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		format_duration(rows[i].seconds * NS_PER_S, text);
		CHECK_STR(text, rows[i].want);
	}
	format_ago(0, 2 * H * NS_PER_S, text);
	CHECK_STR(text, "2 hours ago");
	format_ago(0, 999999999, text);
	CHECK_STR(text, "Less than a second ago");
}

/* ---- strings ---- */

static void
ellipses(void)
{
	static const struct {
		const char *text;
		size_t cells;
		const char *want;
	} rows[] = {
	    {"RUN /bin/sh -c cat requirements.txt > installed.txt # buildkit", 45,
		"RUN /bin/sh -c cat requirements.txt > instal\xe2\x80\xa6"},
	    {"short", 5, "short"},
	    {"longer", 5, "long\xe2\x80\xa6"},
	    {"\xe5\xae\x89\xe5\xae\x89\xe5\xae\x89", 4, "\xe5\xae\x89\xe2\x80\xa6"},
	    {"ab", 1, "\xe2\x80\xa6"},
	    {"ab", 0, ""},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		cleanup_free char *text = format_ellipsis(rows[i].text, rows[i].cells);

		CHECK_STR(text, rows[i].want);
	}
}

static void
quotes(void)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
	    {"a b", "\"a b\""},
	    {"say \"hi\"\n\t\\", "\"say \\\"hi\\\"\\n\\t\\\\\""},
	    {"\x1b[0m\x7f", "\"\\x1b[0m\\x7f\""},
	    {"\xff", "\"\\xff\""},
	    {"na\xc3\xafve \xe2\x80\xa6", "\"na\xc3\xafve \xe2\x80\xa6\""},
	    {"\xe2\x80\xa8", "\"\\u2028\""},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		cleanup_buf struct buf b = BUF_INIT(1000);

		format_quote(&b, rows[i].text);
		CHECK_STR(b.s, rows[i].want);
	}
}

static void
commands(void)
{
	static const struct {
		const char *argv[5];
		bool no_trunc;
		const char *want;
	} rows[] = {
	    {{"sleep", "300"}, false, "\"sleep 300\""},
	    {{"sh", "-c", "exit 3"}, true, "\"sh -c 'exit 3'\""},
	    {{"python", "-m", "http.server", "8000"}, false,
		"\"python -m http.serv\xe2\x80\xa6\""},
	    {{"true"}, true, "\"true\""},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		cleanup_free char *text =
		    format_command((char *const *)rows[i].argv, rows[i].no_trunc);

		CHECK_STR(text, rows[i].want);
	}
}

static void
ports(void)
{
	static const struct {
		struct format_port ports[6];
		size_t count;
		const char *want;
	} rows[] = {
	    {{{NULL, 0, 0, NULL}}, 0, ""},
	    {{{NULL, 0, 80, "tcp"}}, 1, "80/tcp"},
	    {{{"::", 18080, 80, "tcp"}, {"0.0.0.0", 18080, 80, "tcp"}}, 2,
		"0.0.0.0:18080->80/tcp, [::]:18080->80/tcp"},
	    {{{"0.0.0.0", 5000, 5000, "tcp"}, {"::", 5000, 5000, "tcp"}}, 2,
		"0.0.0.0:5000->5000/tcp, [::]:5000->5000/tcp"},
	    {{{NULL, 0, 82, "tcp"}, {NULL, 0, 80, "tcp"}, {NULL, 0, 81, "tcp"},
		 {NULL, 0, 53, "udp"}},
		4, "53/udp, 80-82/tcp"},
	    {{{"0.0.0.0", 8080, 8080, "tcp"}, {"0.0.0.0", 8081, 8081, "tcp"}}, 2,
		"0.0.0.0:8080-8081->8080-8081/tcp"},
	    {{{"0.0.0.0", 9000, 80, "tcp"}, {NULL, 0, 443, "tcp"}}, 2,
		"443/tcp, 0.0.0.0:9000->80/tcp"},
	    {{{NULL, 0, 80, "tcp"}, {NULL, 0, 90, "tcp"}}, 2, "80/tcp, 90/tcp"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		cleanup_free char *text = format_ports(rows[i].ports, rows[i].count);

		CHECK_STR(text, rows[i].want);
	}
}

static void
columns(void)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
	    {"", ""},
	    {"CONTAINER ID\tIMAGE\tCOMMAND\tCREATED\tSTATUS\tPORTS\tNAMES\n",
		"CONTAINER ID   IMAGE     COMMAND   CREATED   STATUS    PORTS     "
		"NAMES\n"},
	    {"REPOSITORY\tTAG\tIMAGE ID\tCREATED\tSIZE\nbusybox\tlatest\t01b5eac091e7\t2 "
	     "hours "
	     "ago\t1.98MB\n",
		"REPOSITORY   TAG       IMAGE ID       CREATED       SIZE\n"
		"busybox      latest    01b5eac091e7   2 hours ago   1.98MB\n"},
	    {"NAMES\tSTATUS\naa\tUp\n", "NAMES     STATUS\naa        Up\n"},
	    /* A line without the cell ends the block of the column. */
	    {"aaaaaaaaaaaa\tb\nplain\nc\td", "aaaaaaaaaaaa   b\nplain\nc         d"},
	    {"a\t\n", "a         \n"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		cleanup_buf struct buf b = BUF_INIT(10000);

		format_columns(&b, rows[i].text);
		CHECK_STR(b.s, rows[i].want);
	}
}

/* ---- templates ---- */

/* What `docker inspect` of the transcript's image is built on. */
static const char inspect_json[] =
    "{\"Id\":\"sha256:aa\",\"RepoTags\":[\"tpl:latest\"],\"Config\":{\"Hostname\":\"\","
    "\"ExposedPorts\":{\"80/tcp\":{},\"443/tcp\":{}},\"Tty\":false,\"Env\":[\"PATH=/"
    "bin\","
    "\"A=1\",\"B=two\"],\"Cmd\":[\"sleep\",\"300\"],\"Volumes\":null,\"Entrypoint\":null,"
    "\"Labels\":{\"k1\":\"v1\",\"k2\":\"v2\"}},\"Architecture\":\"amd64\",\"Os\":"
    "\"linux\","
    "\"Size\":1983000,\"Gone\":null,\"State\":{\"Status\":\"running\",\"Running\":true,"
    "\"Pid\":12},\"NetworkSettings\":{\"Ports\":{\"80/tcp\":[{\"HostIp\":\"0.0.0.0\","
    "\"HostPort\":\"8080\"}],\"443/tcp\":null},\"Networks\":{\"bridge\":{\"IPAddress\":"
    "\"172.17.0.2\"}}},\"RootFS\":{\"Type\":\"layers\",\"Layers\":[\"sha256:bb\"]},"
    "\"Ratio\":0.25}";

struct template_row {
	const char *template, *want;
};

static void
run_rows(enum format_data kind, const char *json, const char *type,
    const struct template_row *rows, size_t count)
{
	cleanup_json json_t *data = json_loads(json, 0, NULL);

	CHECK(data != NULL);
	for (size_t i = 0; i < count; i++) {
		struct err err = ERR_INIT;
		cleanup_template struct format_template *t =
		    format_template_parse(rows[i].template, &err);
		cleanup_buf struct buf b = BUF_INIT(100000);

		if (t == NULL ||
		    format_template_exec(t, kind, data, type, &b, &err) < 0) {
			CHECK_STR(err.text, rows[i].want);
			CHECK_INT(err.kind, ERR_INPUT);
			continue;
		}
		CHECK_STR(b.s, rows[i].want);
	}
}

static void
transcript(void)
{
	static const struct template_row rows[] = {
	    {"{{.Config.Env}}", "[PATH=/bin A=1 B=two]"},
	    {"{{index .Config.Env 1}}", "A=1"},
	    {"{{range .Config.Env}}{{println .}}{{end}}", "PATH=/bin\nA=1\nB=two\n"},
	    {"{{join .Config.Cmd \"-\"}} {{upper .Os}} {{lower \"ABC\"}} {{title "
	     "\"abc\"}}",
		"sleep-300 LINUX abc Abc"},
	    {"{{if .Config.Entrypoint}}yes{{else}}no{{end}} {{len .Config.Cmd}}", "no 2"},
	    {"{{range $p, $c := .Config.ExposedPorts}}{{$p}} {{end}}", "443/tcp 80/tcp "},
	    {"{{index .Config.Labels \"k2\"}} {{.Config.Labels.k1}}", "v2 v1"},
	    {"{{printf \"%s|%d|%q\" .Os (len .RootFS.Layers) .Architecture}}",
		"linux|1|\"amd64\""},
	    {"{{json .Config.Labels}}", "{\"k1\":\"v1\",\"k2\":\"v2\"}"},
	    {"{{with .Config.Cmd}}{{index . 0}}{{end}} {{eq .Os \"linux\"}} {{and true "
	     "(gt 3 2)}} "
	     "{{not false}}",
		"sleep true true true"},
	    {"{{split \"a,b,c\" \",\"}} {{slice \"abcdef\" 1 3}} {{truncate \"abcdef\" "
	     "3}}",
		"[a b c] bc abc"},
	    {"{{html \"<a>&'\" }}|{{urlquery \"a b&c/\" 1 2}}|{{urlquery "
	     "\"\xc3\xbc~_.-\"}}",
		"&lt;a&gt;&amp;&#39;|a+b%26c%2F1+2|%C3%BC~_.-"},
	    {"{{js \"it's <b>\\n\\\"=&\\\\\xc3\xbc\xe2\x80\xa8\"}}",
		"it\\'s \\u003Cb\\u003E\\u000A\\\"\\u003D\\u0026\\\\\xc3\xbc\\u2028"},
	    {"{{call .Os 1}}",
		"template parsing error: template: :1:2: executing \"\" at <call .Os "
		"1>: error calling call: non-function .Os of type string"},
	    {"{{call nil}}", "template parsing error: template: :1:2: executing \"\" at "
			     "<call nil>: error calling call: call of nil"},
	    {"{{call}}", "template parsing error: template: :1:2: executing \"\" at "
			 "<call>: wrong number of args for call: want at least 1 got 0"},
	    {"{{.Nope}}",
		"template parsing error: template: :1:2: executing \"\" at <.Nope>: map "
		"has no entry for key \"Nope\""},
	    {"{{$x := $x}}",
		"template parsing error: template: :1:8: executing \"\" at <$x>: "
		"undefined variable: $x"},
	    {"{{.Config.Nope.More}}", "template parsing error: template: :1:9: executing "
				      "\"\" at <.Config.Nope.More>: map "
				      "has no entry for key \"Nope\""},
	    {"{{", "template parsing error: template: :1: unclosed action"},
	    {"{{nosuchfunc 1}}", "template parsing error: template: :1: function "
				 "\"nosuchfunc\" not defined"},
	};

	run_rows(FORMAT_STRUCTS, inspect_json, NULL, rows, ARRAY_LEN(rows));
}

static void
structs_and_maps(void)
{
	static const struct template_row rows[] = {
	    {"{{.Config.Labels}}", "map[k1:v1 k2:v2]"},
	    {"{{.Config.ExposedPorts}}", "map[443/tcp:{} 80/tcp:{}]"},
	    {"{{.State}}", "{running true 12}"},
	    {"{{json .State}}", "{\"Status\":\"running\",\"Running\":true,\"Pid\":12}"},
	    {"{{json .Config.ExposedPorts}}", "{\"443/tcp\":{},\"80/tcp\":{}}"},
	    {"{{.Config.Entrypoint}} {{.Config.Volumes}} {{.Gone}}", "[] map[] <nil>"},
	    {"{{json .Config.Entrypoint}} {{json .Config.Volumes}}", "null null"},
	    {"{{.NetworkSettings.Ports}}", "map[443/tcp:[] 80/tcp:[{0.0.0.0 8080}]]"},
	    {"{{(index (index .NetworkSettings.Ports \"80/tcp\") 0).HostPort}}", "8080"},
	    {"{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", "172.17.0.2"},
	    {"{{range $k, $v := .NetworkSettings.Networks}}{{$k}}={{$v.IPAddress}} "
	     "{{end}}",
		"bridge=172.17.0.2 "},
	    {"{{.NetworkSettings.Networks.bridge.IPAddress}}", "172.17.0.2"},
	    {"{{.Config.Labels.nope}}", "<no value>"},
	    {"[{{index .Config.Labels \"nope\"}}]", "[]"},
	    {"{{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}}", "none"},
	    {"{{.State.Health.Status}}", "template parsing error: template: :1:8: "
					 "executing \"\" at <.State.Health.Status>: "
					 "map has no entry for key \"Health\""},
	    {"{{index (index .NetworkSettings.Ports \"5000/tcp\") 0}}",
		"template parsing error: template: :1:2: executing \"\" at <index (index "
		".NetworkSettings.Ports \"5000/tcp\") 0>: error calling index: index of "
		"untyped nil"},
	    {"{{.Size}} {{.Ratio}} {{.State.Running}}", "1983000 0.25 true"},
	    {"{{index .Config.Env 7}}", "template parsing error: template: :1:2: "
					"executing \"\" at <index .Config.Env 7>: "
					"error calling index: index out of range: 7"},
	};

	run_rows(FORMAT_STRUCTS, inspect_json, NULL, rows, ARRAY_LEN(rows));
}

static void
language(void)
{
	static const struct template_row rows[] = {
	    {"plain", "plain"},
	    {"a{{/* no */}}b {{- /* trimmed */ -}} c", "abc"},
	    {"a {{- .s -}} b", "axb"},
	    {"{{.s | upper | printf \"%s-%s\" \"p\"}}", "p-X"},
	    {"{{$x := .s}}{{$x}}{{$x = \"y\"}}{{$x}}{{$.s}}", "xyx"},
	    {"{{if eq .n 1}}one{{else if eq .n 2 5}}five{{else}}other{{end}}", "five"},
	    {"{{if and .s (not .empty)}}yes{{end}}", "yes"},
	    {"{{or .empty .s}} {{and .empty .s}}|", "x |"},
	    {"{{range .l}}[{{.}}]{{else}}none{{end}}", "[a][b][c]"},
	    {"{{range .none}}[{{.}}]{{else}}none{{end}}", "none"},
	    {"{{range $i, $e := .l}}{{if $i}}, {{end}}{{$i}}:{{$e}}{{end}}",
		"0:a, 1:b, 2:c"},
	    {"{{range .l}}{{if eq . \"b\"}}{{continue}}{{end}}{{.}}{{end}}", "ac"},
	    {"{{range .l}}{{if eq . \"b\"}}{{break}}{{end}}{{.}}{{end}}", "a"},
	    {"{{with .empty}}a{{else}}b{{end}}{{with $v := .s}}{{$v}}{{end}}", "bx"},
	    {"{{.m}} {{.l}} {{.null}}", "map[a:1 b:[true <nil>]] [a b c] <no value>"},
	    {"{{json .}}",
		"{\"empty\":\"\",\"html\":\"<a&b>\\u001b\",\"l\":[\"a\",\"b\",\"c\"],"
		"\"m\":{\"a\":1,"
		"\"b\":[true,null]},\"n\":5,\"none\":[],\"null\":null,\"s\":\"x\"}"},
	    {"{{print 1 2 \"a\" \"b\" 3}}|{{println \"a\" 1}}", "1 2ab3|a 1\n"},
	    {"{{slice .l 1}} {{slice .l 1 2}} {{len \"abc\"}} {{len .m}}",
		"[b c] [b] 3 2"},
	    {"{{pad .s 2 1}}|{{pad .empty 2 1}}|{{title \"it's a-b\"}}",
		"  x ||It's A-B"},
	    {"{{lt 1 2}} {{le 2 2}} {{gt 1 2}} {{ge \"b\" \"a\"}} {{ne 1 2}}",
		"true true false true true"},
	    {"{{\"a\\tb\\u00e9\\x41\"}}{{`raw\\n`}}{{'A'}}", "a\tb\xc3\xa9"
							     "Araw\\n65"},
	    {"{{0x10}} {{-3}} {{1.5}} {{true}}", "16 -3 1.5 true"},
	    {"{{html .html}}", "&lt;a&amp;b&gt;\x1b"},
	    {"{{range 3}}{{.}}{{end}}", "012"},
	    {"{{(index .m \"b\") | len}}", "2"},
	    {"{{.m.b}}{{ .m.a }}", "[true <nil>]1"},
	    {"{{split \"a-b\" \"\"}} {{split \"\" \",\"}} {{len (split \"a,\" \",\")}}",
		"[a - b] [] 2"},
	};

	run_rows(FORMAT_MAPS,
	    "{\"s\":\"x\",\"n\":5,\"empty\":\"\",\"l\":[\"a\",\"b\",\"c\"],\"none\":[],"
	    "\"null\":"
	    "null,\"m\":{\"b\":[true,null],\"a\":1},\"html\":\"<a&b>\\u001b\"}",
	    NULL, rows, ARRAY_LEN(rows));
}

static void
printf_verbs(void)
{
	static const struct template_row rows[] = {
	    {"{{printf \"%5d|%-5d|%05d|%+d|%x\" 42 42 42 42 255}}",
		"   42|42   |00042|+42|ff"},
	    {"{{printf \"%s %v %q\" .l .l .l}}", "[a b] [a b] [\"a\" \"b\"]"},
	    {"{{printf \"%.2f|%6.1f|%g|%v\" 1.0 2.25 0.5 0.1}}", "1.00|   2.2|0.5|0.1"},
	    {"{{printf \"%10s|%-4s|%.2s|%t|%%\" \"abc\" \"a\" \"abc\" true}}",
		"       abc|a   |ab|true|%"},
	    {"{{printf \"%d\" \"x\"}}", "%!d(string=x)"},
	    {"{{printf \"%s\" 5}}", "%!s(int=5)"},
	    {"{{printf \"%s %s\" \"a\"}}", "a %!s(MISSING)"},
	    {"{{printf \"a\" 1}}", "a%!(EXTRA int=1)"},
	    {"{{printf \"%T %*d\" .l 4 7}}", "[]interface {}    7"},
	    {"{{printf \"%b %o %c\" 5 8 65}}", "101 10 A"},
	    {"{{printf \"%v\" .m}}", "map[a:1]"},
	};

	run_rows(FORMAT_MAPS, "{\"l\":[\"a\",\"b\"],\"m\":{\"a\":1}}", NULL, rows,
	    ARRAY_LEN(rows));
}

#define P "template parsing error: template: "

static void
parse_errors(void)
{
	static const struct template_row rows[] = {
	    {"{{.Name}", P ":1: bad character U+007D '}'"},
	    {"{{.Name", P ":1: unclosed action"},
	    {"a\n{{}}", P ":2: missing value for command"},
	    {"{{if}}x{{end}}", P ":1: missing value for if"},
	    {"{{if .a}}x", P ":1: unexpected EOF"},
	    {"{{end}}", P ":1: unexpected {{end}}"},
	    {"{{else}}", P ":1: unexpected {{else}}"},
	    {"{{range .a}}{{else}}{{else}}{{end}}", P ":1: expected end; found {{else}}"},
	    {"{{\"abc}}", P ":1: unterminated quoted string"},
	    {"{{`abc}}", P ":1: unterminated raw quoted string"},
	    {"{{$x}}", P ":1: undefined variable \"$x\""},
	    {"{{(len .a}}", P ":1: unclosed left paren"},
	    {"{{len .a)}}", P ":1: unexpected right paren"},
	    {"{{.a | 1}}", P ":1: non executable command in pipeline stage 2"},
	    {"{{.a ! .b}}", P ":1: unexpected \"!\" in operand"},
	    {"{{break}}", P ":1: {{break}} outside {{range}}"},
	    {"{{/* a}}", P ":1: unclosed comment"},
	    {"{{12ab}}", P ":1: bad number syntax: \"12ab\""},
	    {"{{.a end}}", P ":1: unexpected <end> in operand"},
	    {"{{.Names .Image}}",
		P ":1:2: executing \"\" at <.Names>: Names is not a method but "
		  "has arguments"},
	};

	run_rows(FORMAT_MAPS, "{\"Names\":\"a\",\"Image\":\"b\"}", NULL, rows,
	    ARRAY_LEN(rows));
}

static void
run_errors(void)
{
	static const struct template_row rows[] = {
	    {"{{.x.y}}",
		P ":1:4: executing \"\" at <.x.y>: can't evaluate field y in type "
		  "interface {}"},
	    {"\n  {{len 3}}",
		P ":2:4: executing \"\" at <len 3>: error calling len: len of type "
		  "int"},
	    {"{{eq 1 \"a\"}}",
		P ":1:2: executing \"\" at <eq 1 \"a\">: error calling eq: "
		  "incompatible types for comparison"},
	    {"{{upper 3}}",
		P ":1:2: executing \"\" at <upper 3>: wrong type for value; expected "
		  "string; got int"},
	    {"{{len}}", P
		":1:2: executing \"\" at <len>: wrong number of args for len: want 1 got "
		"0"},
	    {"{{range .x}}{{end}}",
		P ":1:8: executing \"\" at <.x>: range can't iterate over s"},
	    {"{{.nil.z}}",
		P ":1:6: executing \"\" at <.nil.z>: nil pointer evaluating interface "
		  "{}.z"},
	};

	run_rows(FORMAT_MAPS, "{\"x\":\"s\",\"nil\":null}", NULL, rows, ARRAY_LEN(rows));
}

static void
templates_of_templates(void)
{
	static const struct template_row rows[] = {
	    {"{{define \"T\"}}[{{.}}]{{end}}{{template \"T\" .s}}{{template \"T\" .n}}",
		"[x][5]"},
	    {"{{block \"B\" .l}}{{range .}}{{.}};{{end}}{{end}}", "a;b;c;"},
	    {"{{define \"A\"}}a{{template \"B\" .}}{{end}}{{define "
	     "\"B\"}}{{.}}{{end}}{{template \"A\" .s}}",
		"ax"},
	    {"{{template \"nope\"}}",
		P ":1:11: executing \"\" at <{{template \"nope\"}}>: template \"nope\" "
		  "not defined"},
	    {"{{if .s}}{{define \"x\"}}{{end}}{{end}}", P ":1: unexpected {{define}}"},
	    {"{{define \"x\"}}", P ":1: unexpected EOF"},
	};

	run_rows(FORMAT_MAPS, "{\"s\":\"x\",\"n\":5,\"l\":[\"a\",\"b\",\"c\"]}", NULL,
	    rows, ARRAY_LEN(rows));
}

static void
values_and_limits(void)
{
	static const struct template_row rows[] = {
	    {"{{with .empty}}a{{else with .s}}<{{.}}>{{else}}c{{end}}", "<x>"},
	    {"{{- \"a\" -}}\n\t b{{3 -}} x", "ab3x"},
	    {"{{range $k, $v := .m}}{{$k}}={{$v}};{{end}}", "a=1;b=[true];"},
	    {"{{json .m}} {{json .l}} {{json .s}} {{json .n}}",
		"{\"a\":1,\"b\":[true]} [\"a\",\"b\"] \"x\" 5"},
	    {"{{not .empty}} {{not 0}} {{and 1 0 2}} {{or 0 \"\" 3}}", "true true 0 3"},
	    {"{{index .s 0}} {{\"abc\" | len}} {{index .m \"b\" 0}}", "120 3 true"},
	    {"{{eq 1 1.0}}",
		P ":1:2: executing \"\" at <eq 1 1.0>: error calling eq: incompatible "
		  "types for comparison"},
	    {"{{lt 1 \"a\"}}",
		P ":1:2: executing \"\" at <lt 1 \"a\">: error calling lt: incompatible "
		  "types for comparison"},
	    {"{{slice .l 1 5}}",
		P ":1:2: executing \"\" at <slice .l 1 5>: error calling slice: index "
		  "out of range: 5"},
	    {"{{slice \"abc\" 2 1}}",
		P ":1:2: executing \"\" at <slice \"abc\" 2 1>: error calling slice: "
		  "invalid slice index: 2 > 1"},
	    {"{{index .l -1}}",
		P ":1:2: executing \"\" at <index .l -1>: error calling index: index out "
		  "of range: -1"},
	    {"{{index .l \"a\"}}",
		P ":1:2: executing \"\" at <index .l \"a\">: error calling index: cannot "
		  "index slice/array with type string"},
	    {"{{index 3 0}}",
		P ":1:2: executing \"\" at <index 3 0>: error calling index: can't index "
		  "item of type int"},
	    {"{{nil}}", P ":1:2: executing \"\" at <nil>: nil is not a command"},
	    {"{{and}}",
		P ":1:2: executing \"\" at <and>: wrong number of args for and: want at "
		  "least 1 got 0"},
	};

	run_rows(FORMAT_MAPS,
	    "{\"s\":\"x\",\"n\":5,\"empty\":\"\",\"l\":[\"a\",\"b\"],\"m\":{\"a\":1,"
	    "\"b\":[true]}}",
	    NULL, rows, ARRAY_LEN(rows));
}

static void
row_methods(void)
{
	static const struct template_row rows[] = {
	    {"{{.Names .ID}}",
		P ":1:2: executing \"\" at <.Names>: wrong number of args for Names: "
		  "want 0 got 1"},
	    {"{{.Label}}", P
		":1:2: executing \"\" at <.Label>: wrong number of args for Label: want "
		"1 got 0"},
	    {"{{.Label 1}}",
		P ":1:2: executing \"\" at <.Label>: wrong type for value; expected "
		  "string; got int"},
	    {"{{.Nope \"x\"}}",
		P ":1:2: executing \"\" at <.Nope>: can't evaluate field Nope in "
		  "type *formatter.ContainerContext"},
	    {"{{.Names.More}}",
		P ":1:8: executing \"\" at <.Names.More>: can't evaluate field More "
		  "in type string"},
	    {"[{{.Label \"nope\"}}] {{.Label \"role\"}} {{\"role\" | .Label}}",
		"[] web web"},
	    {"{{json .Names}} {{json .}}", "\"aa\" {\"ID\":\"1\",\"Names\":\"aa\"}"},
	};

	run_rows(FORMAT_ROW,
	    "{\"Names\":\"aa\",\"ID\":\"1\",\"Label\":{\"role\":\"web\"}}",
	    "*formatter.ContainerContext", rows, ARRAY_LEN(rows));
}

/* ---- list commands ---- */

static const struct format_field ps_fields[] = {{"ID", "CONTAINER ID"},
    {"Names", "NAMES"}, {"Status", "STATUS"}, {"Labels", "LABELS"}, {NULL, NULL}};
static const struct format_spec ps = {.type = "*formatter.ContainerContext",
    .table = "table {{.ID}}\t{{.Names}}\t{{.Status}}",
    .quiet = "{{.ID}}",
    .fields = ps_fields};

static json_t *
ps_row(const char *id, const char *name, const char *status)
{
	return json_pack("{s:s,s:s,s:s,s:s,s:{s:s}}", "Status", status, "ID", id, "Names",
	    name, "Labels", "role=web", "Label", "role", "web");
}

static void
list_formats(void)
{
	static const struct {
		const char *user;
		bool quiet;
		const char *want;
	} rows[] = {
	    {NULL, false,
		"CONTAINER ID   NAMES     STATUS\n0123456789ab   aa        Up 1 second\n"
		"ba9876543210   bb        Created\n"},
	    {"table", true, "0123456789ab\nba9876543210\n"},
	    {NULL, true, "0123456789ab\nba9876543210\n"},
	    {"{{.Names}}", true, "aa\nbb\n"},
	    {"table {{.Names}}\\t{{upper .Status}}", false,
		"NAMES     STATUS\naa        UP 1 SECOND\nbb        CREATED\n"},
	    {"{{.Names}}\\t{{.ID}}", false, "aa\t0123456789ab\nbb\tba9876543210\n"},
	    {"{{.Label \"role\"}} {{.Labels}}", false, "web role=web\nweb role=web\n"},
	    {"table {{.Label \"com.x.my-role\"}}\\t{{.Nope2}}", false, NULL},
	    {"table {{.Label \"com.x.my-role\"}}|{{.Label \"role\"}}", false,
		"my role|role\n|web\n|web\n"},
	    {"json", false,
		"{\"ID\":\"0123456789ab\",\"Labels\":\"role=web\",\"Names\":\"aa\","
		"\"Status\":\"Up 1 "
		"second\"}\n{\"ID\":\"ba9876543210\",\"Labels\":\"role=web\",\"Names\":"
		"\"bb\","
		"\"Status\":\"Created\"}\n"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		cleanup_buf struct buf b = BUF_INIT(10000);
		struct err err = ERR_INIT;
		cleanup_format struct format *f =
		    format_open(&ps, rows[i].user, rows[i].quiet, &err);

		CHECK(f != NULL);
		if (rows[i].want == NULL) {
			CHECK_INT(format_row(f, ps_row("x", "y", "z"), &err), -1);
			CHECK_STR(err.text,
			    P ":1:29: executing \"\" at <.Nope2>: can't evaluate field "
			      "Nope2 in type *formatter.ContainerContext");
			continue;
		}
		CHECK_INT(
		    format_row(f, ps_row("0123456789ab", "aa", "Up 1 second"), &err), 0);
		CHECK_INT(
		    format_row(f, ps_row("ba9876543210", "bb", "Created"), &err), 0);
		format_finish(f, &b);
		CHECK_STR(b.s, rows[i].want);
	}
}

static void
empty_table_and_uses(void)
{
	cleanup_buf struct buf b = BUF_INIT(1000);
	struct err err = ERR_INIT;
	cleanup_format struct format *f = format_open(&ps, "", false, &err);
	cleanup_format struct format *all = format_open(&ps, "json", false, &err);
	cleanup_format struct format *none = format_open(&ps, "{{.Bad", false, &err);

	format_finish(f, &b);
	CHECK_STR(b.s, "CONTAINER ID   NAMES     STATUS\n");
	CHECK(format_uses(f, "Names") && !format_uses(f, "Size"));
	CHECK(format_uses(all, "Size"));
	CHECK(none == NULL);
	CHECK_STR(err.text, P ":1: unclosed action");
}

static void
output_is_bounded(void)
{
	cleanup_buf struct buf b = BUF_INIT(100);
	struct err err = ERR_INIT;
	cleanup_template struct format_template *t =
	    format_template_parse("{{range 1000}}{{.}}{{end}}", &err);
	cleanup_json json_t *data = json_object();

	CHECK(t != NULL);
	CHECK_INT(format_template_exec(t, FORMAT_MAPS, data, NULL, &b, &err), -1);
	CHECK_INT(err.kind, ERR_LIMIT);
}

TEST_MAIN({"sizes have three or four digits", sizes},
    {"build progress has two decimals", build_sizes}, {"durations are words", durations},
    {"long text ends in an ellipsis", ellipses}, {"strings are quoted as by Go", quotes},
    {"COMMAND is quoted and cut", commands}, {"PORTS are sorted and grouped", ports},
    {"tabs become columns", columns},
    {"templates of the transcript print what Docker printed", transcript},
    {"structs, maps and nils differ as in Go", structs_and_maps},
    {"the template language", language}, {"printf has Go's verbs", printf_verbs},
    {"a template that cannot be parsed gets Go's words", parse_errors},
    {"a template that fails while it runs names place and field", run_errors},
    {"templates have names and call each other", templates_of_templates},
    {"values, comparisons and limits are Go's", values_and_limits},
    {"fields of a row are methods", row_methods},
    {"list commands have tables, quiet, json and templates", list_formats},
    {"an empty table still has its header", empty_table_and_uses},
    {"output stays below the bound", output_is_bounded})
