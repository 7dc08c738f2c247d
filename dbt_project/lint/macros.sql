{# Stand-ins for the macros of macros/, for sqlfluff alone: each becomes a function of its arguments, so that a model
   can be linted without an adapter. #}

{% macro as_of() %}date '2025-12-31'{% endmacro %}
{% macro satisfies(sense, is_strict, bar, value, value_high, qualifier) %}satisfies({{ sense }}, {{ is_strict }}, {{ bar }}, {{ value }}, {{ value_high }}, {{ qualifier }}){% endmacro %}
{% macro may_answer(target, result) %}({{ target }}.indicator = {{ result }}.indicator){% endmacro %}
{% macro held_since(known_on) %}held_since({{ known_on }}){% endmacro %}
{% macro qualifier_words(qualifier, language) %}qualifier_words({{ qualifier }}){% endmacro %}
{% macro unit_words(unit, language) %}unit_words({{ unit }}){% endmacro %}
{% macro result_columns() %}{{ return(['result_key', 'programme', 'indicator', 'value']) }}{% endmacro %}
{% macro no_sentence() %}cast(null as string) as quote{% endmacro %}
{% macro kpi_cell(programme, indicator, scope, scope_note, province_key, geography, measure, period_start, period_end) %}kpi_cell({{ programme }}, {{ indicator }}, {{ scope }}, {{ scope_note }}, {{ province_key }}, {{ geography }}, {{ measure }}, {{ period_start }}, {{ period_end }}){% endmacro %}
{% macro scope_key(scope, scope_note, row_key) %}scope_key({{ scope }}, {{ scope_note }}, {{ row_key }}){% endmacro %}
{% macro match_key(text) %}match_key({{ text }}){% endmacro %}
{% macro place_key(text) %}place_key({{ text }}){% endmacro %}
{% macro is_former(text) %}is_former({{ text }}){% endmacro %}
{% macro without_marks(text) %}without_marks({{ text }}){% endmacro %}
{% macro reporting_start(period_start) %}reporting_start({{ period_start }}){% endmacro %}
{% macro reporting_end(period_end) %}reporting_end({{ period_end }}){% endmacro %}
{% macro offsets(how_many) %}select 0 as n{% endmacro %}
{% macro nfc(text) %}nfc({{ text }}){% endmacro %}
{% macro replace_all(text, pattern, replacement) %}replace_all({{ text }}){% endmacro %}
{% macro day_after(day, days=1) %}day_after({{ day }}, {{ days }}){% endmacro %}
{% macro quoted(column) %}"{{ column }}"{% endmacro %}
{% macro days_in(first_day, last_day) %}days_in({{ first_day }}, {{ last_day }}){% endmacro %}
{% macro year_of(day) %}year_of({{ day }}){% endmacro %}
{% macro date_of(year, month, day) %}date_of({{ year }}, {{ month }}, {{ day }}){% endmacro %}
{% macro joined(text, separator, ordered_by) %}joined({{ text }}, {{ ordered_by }}){% endmacro %}
{% macro list_text(list) %}list_text({{ list }}){% endmacro %}
{% macro unnested(relation, columns, list, name) %}select {{ columns | join(', ') }}, unnest({{ list }}) as {{ name }} from {{ relation }}{% endmacro %}
{% macro key_of(columns) %}md5({{ columns | join(', ') }}){% endmacro %}
{% macro number_text(number, language) %}number_text({{ number }}){% endmacro %}
{% macro day_text(day) %}day_text({{ day }}){% endmacro %}
{% macro cells_spanned(cells) %}cells_spanned({{ cells }}){% endmacro %}
{% macro cooperative_key(text) %}cooperative_key({{ text }}){% endmacro %}
{% macro digits(text) %}digits({{ text }}){% endmacro %}
{% macro commune_mention_no(record) %}md5({{ record }}.province_key, {{ record }}.commune){% endmacro %}
{% macro number_of(columns) %}md5({{ columns | join(', ') }}){% endmacro %}
{% macro fingerprint_of(columns) %}hash({{ columns | join(', ') }}){% endmacro %}
{% macro districts_existed(day) %}{{ day }} < date '2025-07-01'{% endmacro %}
{% macro bare_place(text) %}bare_place({{ text }}){% endmacro %}
{% macro place_type(text) %}place_type({{ text }}){% endmacro %}
{% macro accepted_records(record_type, place) %}select * from {{ record_type }}{% endmacro %}
{% macro is_lacking(version) %}{{ version }} in (1, 2){% endmacro %}
{% macro missing_deliveries(record_type) %}(select artefact, delivery_version from int_delivery){% endmacro %}
{% macro name_files(record_type, artefacts) %}select 1{% endmacro %}
{% macro name_lake_files(record_type, files) %}select 1{% endmacro %}
{% macro unread_files(record_type) %}select 1{% endmacro %}
{% macro missing_readings(record_type, type_column=none) %}(select artefact, reading_version from int_reading){% endmacro %}
{% macro is_in_named_file(lake_file, record_type) %}{{ lake_file }} in ('a', 'b'){% endmacro %}
{% macro within_database(relation) %}{{ relation }}{% endmacro %}
{% macro checksum_of(number) %}checksum_of({{ number }}){% endmacro %}
{% macro lake_files(record_type) %}(select lake_file, file_stamp from {{ record_type }}_files){% endmacro %}
