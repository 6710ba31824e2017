import com.twelvemonkeys.image.ResampleOp;
import java.util.LinkedHashMap;
import java.util.Map;

/** TwelveMonkeys: {@code new ResampleOp(w, h, filter).filter(image, null)} with each of its filters. */
class TwelveMonkeysMethods {
    /** In the order of ResampleOp's constants FILTER_POINT = 1 to FILTER_BLACKMAN_SINC = 15. */
    static final String[] FILTERS = {
        "point", "box", "triangle", "hermite", "hanning", "hamming", "blackman", "gaussian", "quadratic", "cubic", "catrom",
        "mitchell", "lanczos", "blackman_bessel", "blackman_sinc"
    };
    static final Map<String, ResizeOracle.Method> METHODS = new LinkedHashMap<>();

    static {
        for (int i = 0; i < FILTERS.length; i++) {
            int filter = i + 1;
            METHODS.put("twelvemonkeys." + FILTERS[i], (s, h, w) -> new ResampleOp(w, h, filter).filter(s, null));
        }
    }
}
