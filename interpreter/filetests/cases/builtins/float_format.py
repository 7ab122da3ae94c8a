# test: run
# Presentation of floats.
VALUES = (0.0, -0.0, 1.0, -1.5, 3.14159265, 1234567.891, 1e-5, 1.5e20, 0.5, 2.5, float("inf"), float("-nan"))
for spec in ("", "f", ".0f", ".1f", ".2f", ".10f", "e", ".0e", ".3e", "E", "g", ".3g", "G", "#g", ".10g", "%", ".1%", "+.2f", " .2f", "10.2f", "<10.2f|", "^10.2f", "010.2f", "+010.2f", ",.2f", "_.3f", ",", "#.0f", "F", "n", ".3", "15", "*^15.3e", "z.0f", "=12.1f"):
    if spec.endswith("|"):
        print(repr(spec), [f"{value:<10.2f}|" for value in VALUES])
    else:
        print(repr(spec), [format(value, spec) for value in VALUES])
print("%f %.2f %5.1f|%-8.2f|%08.3f|%+.1f|% .1f" % (1.5, 2.345, 9.96, 1.5, -1.5, 2.0, 2.0))
print("%e %.2e %E %g %g %g %.3g %#.3g %G" % (12345.678, 0.00012, 1e100, 1e-5, 1e20, 123456.0, 1234.5, 1.0, 1e-10))
print("%s %r %.3s|" % (1.5, 1e100, 1.23456), "%.0f %.0f %.0f %.0f" % (0.5, 1.5, 2.5, 3.5))
for spec in ("d", "x", "s", "c", "b"):
    try:
        format(1.5, spec)
    except ValueError as error:
        print(error)
print(f"{1e400} {-1e400:.2f} {1e15} {1e16} {123456789.123456789:.20g} {0.1:.30f} {1e22:.0f} {1e23:.0f}")
