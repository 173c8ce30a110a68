package io.allium.bench;

/**
 * One line of the table.
 *
 * @param scenario the name of the scenario that measures it
 * @param what in words, the same in every run
 * @param unit of its values
 */
record Figure(String scenario, String what, String unit, Goal goal) {}
