{# The layers' names are the schemas' names: staging, intermediate, marts, publication, reference. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
