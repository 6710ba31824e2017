import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.imgscalr.Scalr;

/** imgscalr: {@code Scalr.resize(image, method, Mode.FIT_EXACT, w, h)}, also with its anti-alias operation. */
class ImgscalrMethods {
    static final Map<String, ResizeOracle.Method> METHODS = new LinkedHashMap<>();

    static {
        for (Scalr.Method method : Scalr.Method.values()) {
            String name = "imgscalr." + method.name().toLowerCase(Locale.ROOT);
            METHODS.put(name, (s, h, w) -> Scalr.resize(s, method, Scalr.Mode.FIT_EXACT, w, h));
            METHODS.put(name + "_antialias", (s, h, w) -> Scalr.resize(s, method, Scalr.Mode.FIT_EXACT, w, h, Scalr.OP_ANTIALIAS));
        }
    }
}
